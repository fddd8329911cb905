package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.KafkaProcess;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.RecordsTable;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a sender repeats is one row, by its own id or by the place in the topic. */
class KafkaIdempotencyIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int PARTITIONS = 2;
  private static final int RECORDS = 2_000;
  private static final String HEADER = "event-id";

  @RegisterExtension final Scene scene = new Scene();

  private String topic;
  private RecordsTable table;

  private RunnerProcess start(DeliverySpec specification, String keep) throws Exception {
    table = RecordsTable.create(scene.database(), "records");
    return scene
        .coordinator(
            "n1",
            scene
                .external("n1")
                .kafka(scene.kafka())
                .set("handfast.inbox.keep", keep)
                .delivery("records", specification.statement(table.insert()).under("idempotency")))
        .start();
  }

  private KafkaProcess topic() throws Exception {
    topic = scene.unique();
    scene.kafka().createTopic(topic, PARTITIONS);
    return scene.kafka();
  }

  private void send(int partition, int id) throws Exception {
    Map<String, byte[]> headers = Map.of(HEADER, ("e" + id).getBytes(StandardCharsets.UTF_8));
    scene.kafka().send(topic, partition, headers, Orders.json(id, 1));
  }

  private long inbox() throws Exception {
    return scene
        .database()
        .number("SELECT count(*) FROM handfast_inbox WHERE delivery = 'records'");
  }

  private static long counted(RunnerProcess node, String counter) {
    return node.wire().delivery("records").json().at("/counters/" + counter).asLong();
  }

  @Test
  void aSenderRepeatsAnEventInEachPartitionAndItIsOneRow() throws Exception {
    KafkaProcess kafka = topic();
    RunnerProcess node =
        start(DeliverySpec.fromKafka(topic).knownBy(HEADER).retry(2, "PT0.1S"), "PT1H");
    for (int id = 1; id <= 20; id++) {
      send(id % PARTITIONS, id);
    }
    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(20));
    node.kill9();
    for (int id = 11; id <= 30; id++) {
      send((id + 1) % PARTITIONS, id);
      send(id % PARTITIONS, id);
    }
    kafka.send(topic, 0, Map.of(), Orders.json(31, 1));
    kafka.send(topic, 0, Map.of(HEADER, new byte[] {(byte) 0x80}), Orders.json(32, 1));

    node.start();

    within(PATIENCE, () -> assertThat(counted(node, "deadLettered")).isEqualTo(2));
    within(PATIENCE, () -> assertThat(counted(node, "duplicatesDropped")).isEqualTo(30));
    assertThat(table.rows()).isEqualTo(30);
    assertThat(scene.database().number("SELECT count(DISTINCT id) FROM records")).isEqualTo(30);
    assertThat(scene.database().values("SELECT cause FROM handfast_dead_letter ORDER BY position"))
        .containsExactly(
            "it has no header 'event-id', by which idempotency tells messages apart",
            "its header 'event-id' is binary, and no text in UTF-8, by which idempotency tells messages apart");
    assertThat(inbox()).isEqualTo(30);
    within(
        PATIENCE,
        () ->
            assertThat(kafka.keptOffsets("handfast-records", topic).values())
                .as("what the group keeps")
                .satisfies(
                    kept ->
                        assertThat(kept.stream().mapToLong(Long::longValue).sum()).isEqualTo(62)));
  }

  @Test
  void withoutAKeyTheirPlaceTellsRecordsApartAndPositionsMayBeLost() throws Exception {
    KafkaProcess kafka = topic();
    RunnerProcess node = start(DeliverySpec.fromKafka(topic), "PT1H");
    kafka.send(topic, PARTITIONS, Orders.upTo(RECORDS / 2).bodies());
    node.kill9When(() -> table.rows() > 0);
    kafka.send(topic, PARTITIONS, new Orders(RECORDS / 2 + 1, RECORDS).bodies());
    node.start();
    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(RECORDS));
    assertThat(table.disorder()).isZero();

    node.wire().pause("records");
    String position = "/v1/deliveries/records/position";
    node.wire().call("POST", position, "application/json", "{\"to\": \"earliest\"}");
    node.wire().resume("records");

    within(PATIENCE, () -> assertThat(counted(node, "duplicatesDropped")).isEqualTo(RECORDS));
    assertThat(table.rows()).isEqualTo(RECORDS);
  }

  @Test
  void idsAreKeptForATimeAndThenRemoved() throws Exception {
    topic();
    start(DeliverySpec.fromKafka(topic).knownBy(HEADER), "PT1S");
    send(0, 1);
    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(1));

    within(PATIENCE, () -> assertThat(inbox()).isZero());

    send(1, 1);
    within(PATIENCE, () -> assertThat(table.rows()).as("after its time").isEqualTo(2));
    assertThat(scene.database().values("SELECT id FROM records")).isEqualTo(List.of("1", "1"));
  }
}
