package io.handfast.it.benchmark.throughput;

import io.handfast.it.benchmark.throughput.TopicContestant.Setting;
import io.handfast.it.harness.Scene;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Plays the sections of the page that are about Kafka. */
final class TopicSections implements AutoCloseable {
  private static final String[] BATCHES =
      System.getProperty("throughput.topic.batches", "100,500").split(",");
  private static final String[] CONSUMERS =
      System.getProperty("throughput.topic.consumers", "1,4").split(",");

  /** Of contestants, to measure some alone. */
  private static final String WHO = System.getProperty("throughput.topic.who", ".*");

  private final TopicRig rig;

  TopicSections(Scene scene) {
    this.rig = new TopicRig(scene);
  }

  private static List<TopicContestant> contestants(Setting setting) {
    return Stream.concat(
            TopicContestant.own(setting).stream(), TopicContestant.peers(setting).stream())
        .filter(contestant -> contestant.name().matches(WHO))
        .toList();
  }

  Findings throughput() throws Exception {
    Load load = Load.ofTopic();
    Grid grid = new Grid();
    for (String consumers : CONSUMERS) {
      for (String batch : BATCHES) {
        Setting setting = new Setting(Integer.parseInt(batch), Integer.parseInt(consumers), true);
        for (TopicContestant contestant : contestants(setting)) {
          Row row = Row.of(contestant.name(), point(batch, consumers), contestant.settings());
          grid.add(row, () -> new TopicTrial(rig, contestant, load).play());
        }
      }
    }
    List<Row> rows = grid.play(Section.ROUNDS);
    List<Ratio> ratios = new ArrayList<>();
    for (String consumers : CONSUMERS) {
      for (String batch : BATCHES) {
        ratios.addAll(Ratios.ofTopic(rows, point(batch, consumers)));
      }
    }
    return Findings.now(Section.TOPIC, load.description() + ". " + rig.description(), rows, ratios);
  }

  private static String point(String batch, String consumers) {
    return "batch %s, consumers %s".formatted(batch, consumers);
  }

  Findings latency() throws Exception {
    Grid grid = new Grid();
    Setting setting = new Setting(500, 4, true);
    for (TopicContestant contestant : contestants(setting)) {
      Row row = Row.of(contestant.name(), "one in flight", contestant.settings());
      grid.add(row, () -> new TopicLatencyTrial(rig, contestant, Section.LATENCY_TIME).play());
    }
    List<Row> rows = grid.play(Section.ROUNDS);
    return Findings.now(
        Section.TOPIC_LATENCY,
        LatencyTrial.description() + ". " + rig.description(),
        rows,
        Ratios.ofTopicLatency(rows));
  }

  @Override
  public void close() {
    rig.close();
  }
}
