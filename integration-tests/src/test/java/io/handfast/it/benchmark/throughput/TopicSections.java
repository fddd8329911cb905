package io.handfast.it.benchmark.throughput;

import io.handfast.it.benchmark.throughput.TopicContestant.Setting;
import io.handfast.it.harness.Scene;
import java.util.ArrayList;
import java.util.List;

/** Plays the sections of the page that are about Kafka. */
final class TopicSections implements AutoCloseable {
  private static final Setting STATED = new Setting(500, 4);
  private static final List<Setting> OTHERS =
      List.of(new Setting(100, 1), new Setting(500, 1), new Setting(100, 4), STATED);

  /** Of contestants, to measure some alone. */
  private static final String WHO = System.getProperty("throughput.topic.who", ".*");

  private final TopicRig rig;

  TopicSections(Scene scene) {
    this.rig = new TopicRig(scene);
  }

  private static List<TopicContestant> contestants(Setting setting) {
    return TopicContestant.all(setting).filter(one -> one.name().matches(WHO)).toList();
  }

  Findings throughput() throws Exception {
    Grid grid = new Grid();
    contestants(STATED).forEach(contestant -> add(grid, contestant, STATED));
    return findings(Section.TOPIC, grid.play(Section.ROUNDS), List.of(STATED));
  }

  Findings settings() throws Exception {
    Grid grid = new Grid();
    for (Setting setting : OTHERS) {
      contestants(setting).stream()
          .filter(TopicContestant::isCompared)
          .forEach(contestant -> add(grid, contestant, setting));
    }
    return findings(Section.TOPIC_SETTINGS, grid.play(Section.SWEEP_ROUNDS), OTHERS);
  }

  private void add(Grid grid, TopicContestant contestant, Setting setting) {
    Row row = Row.of(contestant.name(), setting.point(), contestant.settings());
    grid.add(row, () -> new TopicTrial(rig, contestant, Load.ofTopic()).play());
  }

  private Findings findings(Section section, List<Row> rows, List<Setting> settings)
      throws Exception {
    List<Ratio> ratios = new ArrayList<>();
    settings.forEach(setting -> ratios.addAll(Ratios.ofTopic(rows, setting.point())));
    String conditions = Load.ofTopic().description() + ". " + rig.description();
    return Findings.now(section, conditions, rows, ratios);
  }

  Findings latency() throws Exception {
    Grid grid = new Grid();
    for (TopicContestant contestant : contestants(STATED)) {
      Row row = Row.of(contestant.name(), "one in flight", contestant.settings());
      grid.add(row, () -> new TopicLatencyTrial(rig, contestant, Section.LATENCY_TIME).play());
    }
    List<Row> rows = grid.play(Section.SWEEP_ROUNDS);
    return Findings.now(
        Section.TOPIC_LATENCY,
        TopicLatencyTrial.description() + ". " + rig.description(),
        rows,
        Ratios.ofTopicLatency(rows));
  }

  @Override
  public void close() {
    rig.close();
  }
}
