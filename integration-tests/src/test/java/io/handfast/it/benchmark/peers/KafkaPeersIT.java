package io.handfast.it.benchmark.peers;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Database;
import io.handfast.it.harness.KafkaProcess;
import io.handfast.it.harness.Scene;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same as {@link PeersIT} has it of those that take records from Kafka. */
@EnabledIfSystemProperty(named = "peers.directory", matches = ".+")
class KafkaPeersIT {
  private static final int RECORDS = 2_000;
  private static final int PARTITIONS = 4;

  @RegisterExtension final Scene scene = new Scene();

  private KafkaProcess kafka;
  private Database database;
  private Peer peer;

  @BeforeEach
  void createTopicAndTable() throws Exception {
    kafka = scene.kafka();
    kafka.createTopic(scene.unique(), PARTITIONS);
    database = scene.database();
    database.execute("CREATE TABLE sink (id bigint NOT NULL, body text NOT NULL)");
  }

  @AfterEach
  void end() {
    peer.close();
  }

  static Stream<Peer> writersOfRows() {
    return Stream.of(
        Peer.kafkaHandWritten("at-least-once"),
        Peer.kafkaHandWritten("deduplication-table"),
        Peer.springKafka());
  }

  @ParameterizedTest
  @MethodSource("writersOfRows")
  void writesOneRowForEachRecord(Peer writer) throws Exception {
    start(writer);

    kafka.send(scene.unique(), PARTITIONS, records(RECORDS));

    eventually(
        () ->
            assertThat(kafka.keptOffsets(scene.unique(), scene.unique()).values())
                .hasSize(PARTITIONS)
                .containsOnly((long) RECORDS / PARTITIONS));
    peer.stop();
    assertThat(database.values("SELECT id FROM sink ORDER BY id"))
        .containsExactlyElementsOf(idsUpTo(RECORDS));
  }

  static Stream<Peer> thosePassingOverNothing() {
    return writersOfRows().filter(peer -> !peer.name().equals("spring-kafka"));
  }

  @ParameterizedTest
  @MethodSource("thosePassingOverNothing")
  void recordsThatFailComeAgain(Peer writer) throws Exception {
    database.execute("ALTER TABLE sink ADD CONSTRAINT refusal CHECK (id <> 1)");
    start(writer);
    kafka.send(scene.unique(), PARTITIONS, records(8));
    eventually(() -> assertThat(writer.log().tail(1_000)).contains("refusal"));

    database.execute("ALTER TABLE sink DROP CONSTRAINT refusal");

    eventually(
        () ->
            assertThat(database.values("SELECT DISTINCT id FROM sink ORDER BY id"))
                .containsExactlyElementsOf(idsUpTo(8)));
  }

  private void start(Peer writer) {
    this.peer = writer;
    peer.from(kafka, scene.unique())
        .into(database)
        .with("GROUP", scene.unique())
        .with("CONSUMERS", 2)
        .start();
  }

  private static List<String> records(long count) {
    return LongStream.rangeClosed(1, count)
        .mapToObj(id -> "{\"id\":%d,\"body\":\"%s\"}".formatted(id, "x".repeat(170)))
        .toList();
  }

  private static List<String> idsUpTo(long last) {
    return LongStream.rangeClosed(1, last).mapToObj(Long::toString).toList();
  }
}
