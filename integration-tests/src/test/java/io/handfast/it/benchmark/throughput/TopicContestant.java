package io.handfast.it.benchmark.throughput;

import io.handfast.it.benchmark.peers.Peer;
import io.handfast.it.harness.ChildProcess;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What is measured from Kafka: a program that moves the records of a topic into the table {@code
 * sink}, each poll a transaction.
 *
 * @param settings how it is set up, for the report
 */
record TopicContestant(String name, Map<String, String> settings, Starting starting) {
  static final String LOCAL_COMMIT = "exactly-once, local commit";
  static final String AT_LEAST_ONCE = "at-least-once";
  static final String AT_MOST_ONCE = "at-most-once";
  static final String HAND_WRITTEN = "hand-written, at-least-once";
  static final String DEDUPLICATED = "hand-written, deduplication table";
  static final String SPRING = "Spring for Apache Kafka, at-least-once";

  /** Makes the driver join rows into one statement: users who care for throughput set it. */
  private static final String JOINING = "?reWriteBatchedInserts=true";

  /** How it begins. */
  interface Starting {
    Running start(TopicPlace place) throws Exception;
  }

  /**
   * What runs.
   *
   * @param stop makes it end in order; returns when it is gone
   */
  record Running(ChildProcess process, Runnable stop) {}

  /** What all contestants of a row have in common: as many records in a poll, and consumers. */
  record Setting(int batch, int consumers) {

    String point() {
      return "batch %d, consumers %d".formatted(batch, consumers);
    }

    private Map<String, String> asSettings() {
      Map<String, String> settings = new TreeMap<>();
      settings.put("max.poll.records", Integer.toString(batch));
      settings.put("consumers", Integer.toString(consumers));
      return settings;
    }
  }

  static Stream<TopicContestant> all(Setting setting) {
    return Stream.concat(own(setting).stream(), peers(setting).stream());
  }

  /** The exactly-once of the figures to reach, and what it is compared with. */
  boolean isCompared() {
    return Set.of(LOCAL_COMMIT, AT_LEAST_ONCE, HAND_WRITTEN).contains(name);
  }

  private static List<TopicContestant> own(Setting setting) {
    return List.of(
        handfast(LOCAL_COMMIT, "local-commit", setting),
        handfast(AT_LEAST_ONCE, "at-least-once", setting),
        handfast(AT_MOST_ONCE, "at-most-once", setting));
  }

  /** Those that were built ({@code -Ppeers}). */
  private static List<TopicContestant> peers(Setting setting) {
    if (System.getProperty("peers.directory", "").isEmpty()) {
      return List.of();
    }
    return List.of(
        peer(HAND_WRITTEN, () -> Peer.kafkaHandWritten("at-least-once"), setting),
        peer(DEDUPLICATED, () -> Peer.kafkaHandWritten("deduplication-table"), setting),
        peer(SPRING, Peer::springKafka, setting));
  }

  private static TopicContestant peer(String name, Supplier<Peer> made, Setting setting) {
    Map<String, String> settings = setting.asSettings();
    settings.put("reWriteBatchedInserts", "true");
    return new TopicContestant(
        name,
        settings,
        place -> {
          Peer peer =
              made.get()
                  .from(place.rig().kafka(), place.topic())
                  .into(joining(place.database()))
                  .with("GROUP", place.topic())
                  .with("CONSUMERS", setting.consumers())
                  .with("BATCH", setting.batch())
                  .start();
          return new Running(peer.process(), peer::stop);
        });
  }

  private static Database joining(Database database) {
    return new Database(database.url() + JOINING, database.username(), database.password());
  }

  private static TopicContestant handfast(String name, String under, Setting setting) {
    return new TopicContestant(
        name,
        setting.asSettings(),
        place -> {
          RunnerProcess runner = started(under, setting, place);
          return new Running(runner.process(), runner::terminate);
        });
  }

  private static RunnerProcess started(String under, Setting setting, TopicPlace place) {
    DeliverySpec delivery =
        DeliverySpec.fromKafka(place.topic())
            .group(place.topic())
            .under(under)
            .statement("INSERT INTO sink(id, body) VALUES (:id, :body)")
            .consumers(setting.consumers())
            .batch(setting.batch());
    RunnerConfiguration configuration =
        new RunnerConfiguration()
            .set("handfast.node", place.topic())
            .kafka(place.rig().kafka())
            .set("handfast.kafka.\"max.poll.records\"", setting.batch())
            .database(place.database())
            .delivery("sink", delivery);
    return place.rig().scene().coordinator(place.topic(), configuration).start();
  }
}
