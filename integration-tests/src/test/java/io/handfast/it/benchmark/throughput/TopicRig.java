package io.handfast.it.benchmark.throughput;

import io.handfast.it.harness.Database;
import io.handfast.it.harness.KafkaProcess;
import io.handfast.it.harness.PostgresProcess;
import io.handfast.it.harness.ProcessTree;
import io.handfast.it.harness.Scene;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** The Kafka and the database that all contestants share, as processes of their own. */
final class TopicRig implements AutoCloseable {
  static final int PARTITIONS = 4;
  private static final AtomicInteger PLACES = new AtomicInteger();

  private final Scene scene;
  private final KafkaProcess kafka;
  private final PostgresProcess postgres;

  TopicRig(Scene scene) {
    this.scene = scene;
    this.kafka = KafkaProcess.compiledFully("kafka-throughput").start();
    this.postgres =
        new PostgresProcess("postgres-kafka", 0, Map.of("track_commit_timestamp", "on")).start();
  }

  /** A place where nothing is yet: a topic and a database, with an empty table {@code sink}. */
  TopicPlace place() throws Exception {
    String name = "k" + PLACES.incrementAndGet();
    kafka.createTopic(name, PARTITIONS);
    Database database = postgres.createDatabase(name);
    database.execute("CREATE TABLE sink(id bigint NOT NULL, body text NOT NULL)");
    return new TopicPlace(this, name, database);
  }

  Scene scene() {
    return scene;
  }

  KafkaProcess kafka() {
    return kafka;
  }

  void remove(TopicPlace place) throws Exception {
    kafka.deleteTopic(place.topic());
    postgres.dropDatabase(place.topic());
  }

  /** Kafka's process and the database's. */
  List<ProcessTree> servers() {
    return List.of(
        new ProcessTree(kafka.process().pid()), new ProcessTree(postgres.postmaster().pid()));
  }

  /** Versions, settings, and what a force takes, as one transaction sees it. */
  String description() throws Exception {
    try (TopicPlace place = place()) {
      return "PostgreSQL %s (wal_sync_method %s, track_commit_timestamp on, else its defaults), Kafka %s (one node, %d partitions, its defaults: it forces nothing); a commit takes %.2f ms in PostgreSQL"
          .formatted(
              place.database().values("SHOW server_version").get(0).replaceAll(" .*", ""),
              place.database().values("SHOW wal_sync_method").get(0),
              System.getProperty("throughput.kafka", "unknown"),
              PARTITIONS,
              commitMillis(place.database()));
    }
  }

  private static double commitMillis(Database database) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      return Probe.medianMillis(() -> statement.execute("INSERT INTO sink VALUES (0, '')"));
    }
  }

  @Override
  public void close() {
    kafka.close();
    postgres.close();
  }
}
