package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Answer;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.HandlerServer;
import io.handfast.it.harness.KafkaProcess;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RecordsTable;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A topic of Kafka becomes rows, each record once, in the order of its partition. */
class KafkaIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int PARTITIONS = 4;
  private static final int RECORDS = 5_000;

  @RegisterExtension final Scene scene = new Scene();

  private RunnerProcess coordinator(String node, KafkaProcess kafka, DeliverySpec specification)
      throws Exception {
    return scene.coordinator(
        node, scene.external(node).kafka(kafka).delivery("records", specification));
  }

  private long counted(RunnerProcess node, String counter) {
    return node.wire().delivery("records").json().at("/counters/" + counter).asLong();
  }

  @Test
  void eachRecordIsOneRowInItsOrderThoughTheCoordinatorIsKilled() throws Exception {
    String topic = scene.unique();
    scene.kafka().createTopic(topic, PARTITIONS);
    RecordsTable table = RecordsTable.create(scene.database(), "records");
    RunnerProcess node =
        coordinator("n1", scene.kafka(), DeliverySpec.fromKafka(topic).statement(table.insert()));
    node.start();
    scene.kafka().send(topic, PARTITIONS, Orders.upTo(RECORDS / 2).bodies());
    node.kill9When(() -> table.rows() > 0);

    scene.kafka().send(topic, PARTITIONS, new Orders(RECORDS / 2 + 1, RECORDS).bodies());
    node.start();

    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(RECORDS));
    assertThat(table.distinctRows()).isEqualTo(RECORDS);
    assertThat(table.disorder()).isZero();
    within(
        PATIENCE,
        () ->
            assertThat(scene.kafka().keptOffsets("handfast-records", topic).values())
                .as("what tools for lag see")
                .hasSize(PARTITIONS)
                .containsOnly((long) RECORDS / PARTITIONS));
  }

  @Test
  void aRecordThatCannotBeAppliedIsADeadLetterAndThoseBehindItFollow() throws Exception {
    String topic = scene.unique();
    scene.kafka().createTopic(topic, 2);
    RecordsTable table = RecordsTable.create(scene.database(), "records");
    RunnerProcess node =
        coordinator(
            "n1",
            scene.kafka(),
            DeliverySpec.fromKafka(topic).statement(table.insert()).retry(3, "PT0.2S"));
    node.start();
    List<String> bodies = new ArrayList<>(Orders.upTo(100).bodies());
    bodies.set(49, Orders.json(50, -1));
    bodies.set(69, "this is not JSON");

    scene.kafka().send(topic, 2, bodies);

    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(98));
    assertThat(table.disorder()).isZero();
    assertThat(
            scene
                .database()
                .values(
                    "SELECT position || ' ' || failures || ' ' || body_text FROM handfast_dead_letter ORDER BY position"))
        .containsExactly("24 3 " + Orders.json(50, -1), "34 1 this is not JSON");
    within(PATIENCE, () -> assertThat(counted(node, "deadLettered")).isEqualTo(2));
    within(
        PATIENCE,
        () ->
            assertThat(node.wire().delivery("records").json().at("/deadLetterDepth").asLong())
                .isEqualTo(2));
    String letters = "/v1/dead-letters/database/records";
    assertThat(node.wire().get(letters).json().at("/total").asLong()).isEqualTo(2);
    scene.database().execute("ALTER TABLE records DROP CONSTRAINT records_qty_check");

    Answer replayed = node.wire().call("POST", letters + "/replay", "application/json", "");

    assertThat(replayed.json().at("/replayed").asLong()).as(replayed.text()).isEqualTo(1);
    assertThat(table.rows()).isEqualTo(99);
    assertThat(node.wire().get(letters).json().at("/total").asLong()).isEqualTo(1);
  }

  @Test
  void aPausedDeliveryGoesOnWhereItIsTold() throws Exception {
    String topic = scene.unique();
    scene.kafka().createTopic(topic, 2);
    RecordsTable table = RecordsTable.create(scene.database(), "records");
    RunnerProcess node = scene.coordinator("n1", scene.external("n1").kafka(scene.kafka())).start();
    node.wire().putDelivery("records", DeliverySpec.fromKafka(topic).statement(table.insert()));
    scene.kafka().send(topic, 2, Orders.upTo(10).bodies());
    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(10));
    String position = "/v1/deliveries/records/position";
    String to = "{\"to\": {\"1\": 3}}";
    assertThat(node.wire().call("POST", position, "application/json", to).status()).isEqualTo(409);

    node.wire().pause("records");
    for (String wrong :
        List.of(
            "\"1969-12-31T00:00:00Z\"",
            "\"+999999999-01-01T00:00:00Z\"",
            "{\"00\": 1}",
            "{\"1\": 6}",
            "{\"2\": 0}")) {
      Answer refused =
          node.wire().call("POST", position, "application/json", "{\"to\": " + wrong + "}");
      assertThat(refused.status()).as(wrong + ": " + refused.text()).isEqualTo(400);
    }
    Answer set = node.wire().call("POST", position, "application/json", to);
    node.wire().resume("records");

    assertThat(set.status()).as(set.text()).isEqualTo(200);
    assertThat(set.json().at("/1/position").asLong()).isEqualTo(3);
    assertThat(set.json().at("/1/lag").asLong()).isEqualTo(2);
    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(12));
    within(
        PATIENCE,
        () -> {
          Answer delivery = node.wire().delivery("records");
          assertThat(delivery.json().at("/lag").asInt(-1)).as(delivery.text()).isZero();
        });
  }

  @Test
  void recordsOfBytesGoToColumnsHandlerAndDeadLettersAsTheyAre() throws Exception {
    String topic = scene.unique();
    scene.kafka().createTopic(topic, 1);
    scene.database().execute("CREATE TABLE octets(k BYTEA, b BYTEA CHECK (b <> '\\x00ff'))");
    RunnerProcess node = scene.coordinator("n1", scene.external("n1").kafka(scene.kafka())).start();
    HandlerServer handler = scene.closing(new HandlerServer());
    handler.answers(call -> new HandlerServer.Reply(204, ""));
    String insert = "INSERT INTO octets(k, b) VALUES (:key, :body)";
    DeliverySpec octets =
        DeliverySpec.fromKafka(topic)
            .format("bytes")
            .statement(insert)
            .handler(handler.url(), "PT20S")
            .retry(1, "PT0.1S");
    assertThat(node.wire().putDelivery("octets", octets).status()).isEqualTo(201);

    try (KafkaProducer<byte[], byte[]> producer = scene.kafka().producer()) {
      producer.send(new ProducerRecord<>(topic, new byte[] {1, 0}, new byte[] {(byte) 0xfe, 0}));
      producer.send(new ProducerRecord<>(topic, null, new byte[] {0, (byte) 0xff}));
      producer.send(new ProducerRecord<>(topic, new byte[] {'k'}, new byte[] {'{', '}'}));
    }

    String rows = "SELECT concat_ws(' ', encode(k, 'hex'), encode(b, 'hex')) FROM octets";
    within(
        PATIENCE,
        () -> assertThat(scene.database().values(rows)).containsExactly("0100 fe00", "6b 7b7d"));
    assertThat(handler.contentTypes()).containsOnly("application/octet-stream");
    assertThat(handler.binaries().get(0)).containsExactly(0xfe, 0);
    String letters = "SELECT encode(body_bytes, 'hex') FROM handfast_dead_letter";
    assertThat(scene.database().values(letters)).containsExactly("00ff");
    scene.database().execute("ALTER TABLE octets DROP CONSTRAINT octets_b_check");
    Answer replayed =
        node.wire()
            .call("POST", "/v1/dead-letters/database/octets/replay", "application/json", "{}");
    assertThat(replayed.json().path("replayed").asInt()).as(replayed.text()).isEqualTo(1);
    assertThat(scene.database().values(rows)).contains("00ff");
  }

  @Test
  void aRecordWithoutABodyHasItsKeyAndNoFields() throws Exception {
    String topic = scene.unique();
    scene.kafka().createTopic(topic, 1);
    RecordsTable table = RecordsTable.create(scene.database(), "records");
    coordinator("n1", scene.kafka(), DeliverySpec.fromKafka(topic).statement(table.insert()))
        .start();

    scene.kafka().send(topic, "k1", null);

    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(1));
    assertThat(
            scene
                .database()
                .values(
                    "SELECT record_key || ' ' || at || ' ' || coalesce(id, -1) FROM "
                        + table.name()))
        .containsExactly("k1 0 -1");
  }

  @Test
  void aHandlerDecidesAboutEachRecordAndItsWorkIsCommittedWithThePosition() throws Exception {
    String topic = scene.unique();
    scene.kafka().createTopic(topic, 1);
    RecordsTable table = RecordsTable.create(scene.database(), "records");
    OrdersTable called = OrdersTable.create(scene.database(), "called");
    RunnerProcess node =
        scene
            .coordinator(
                "n1", scene.external("n1").kafka(scene.kafka()).set("handfast.client-sql", true))
            .start();
    HandlerServer handler = scene.closing(new HandlerServer());
    handler.answers(
        call -> {
          Answer work =
              node.wire().run(call.transaction(), called.insert(), List.of(Orders.json(call.id())));
          return call.id() == 2
              ? new HandlerServer.Reply(422, "no such customer")
              : new HandlerServer.Reply(work.status() == 200 ? 204 : 500, work.text());
        });
    DeliverySpec delivery =
        DeliverySpec.fromKafka(topic)
            .statement(table.insert())
            .handler(handler.url(), "PT20S")
            .retry(2, "PT0.1S");
    assertThat(node.wire().putDelivery("records", delivery).status()).isEqualTo(201);

    scene.kafka().send(topic, 1, Orders.upTo(3).bodies());

    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(2));
    assertThat(called.ids()).containsExactly(1L, 3L);
    assertThat(scene.database().values("SELECT position || ' ' || cause FROM handfast_dead_letter"))
        .singleElement()
        .asString()
        .startsWith("1 ")
        .contains("no such customer");
  }

  @Test
  void aClusterThatIsAwayIsSaidOnceAndUsesNoAttempt() throws Exception {
    KafkaProcess kafka = scene.closing(new KafkaProcess("kafka-away", Map.of())).start();
    kafka.createTopic("away", 1);
    RecordsTable table = RecordsTable.create(scene.database(), "records");
    DeliverySpec specification =
        DeliverySpec.fromKafka("away").statement(table.insert()).retry(1, "PT0S");
    // On a busy machine Kafka loads the group twice, and forgets to expire those who were in it:
    // the first rebalance waits for them, for as long as for a member that does not poll.
    RunnerProcess node =
        scene.coordinator(
            "n1",
            scene
                .external("n1")
                .kafka(kafka)
                .set("handfast.kafka.\"max.poll.interval.ms\"", 30_000)
                .delivery("records", specification));
    node.start();
    kafka.send("away", 1, Orders.upTo(10).bodies());
    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(10));

    kafka.kill9();
    within(
        PATIENCE,
        () ->
            assertThat(node.wire().delivery("records").json().at("/state").asText())
                .isEqualTo("retrying"));
    kafka.start();
    kafka.send("away", 1, new Orders(11, 20).bodies());

    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(20));
    assertThat(table.distinctRows()).isEqualTo(20);
    assertThat(counted(node, "deadLettered")).isZero();
    assertThat(node.log().tail(1_000).lines().filter(line -> line.contains("interrupted")))
        .singleElement()
        .asString()
        .contains("Kafka at " + kafka.address());
  }

  @Test
  void aDatabaseThatTakesNothingIsSaidOnceAndUsesNoAttempt() throws Exception {
    String topic = scene.unique();
    scene.kafka().createTopic(topic, 2);
    RecordsTable table = RecordsTable.create(scene.database(), "records");
    scene
        .database()
        .execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
                + "$$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$");
    scene
        .database()
        .execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION full_disk()"
                .formatted(table.name()));
    RunnerProcess node =
        coordinator(
            "n1",
            scene.kafka(),
            DeliverySpec.fromKafka(topic).statement(table.insert()).retry(1, "PT0S"));
    node.start();
    scene.kafka().send(topic, 2, Orders.upTo(10).bodies());

    within(PATIENCE, () -> assertThat(counted(node, "rolledBack")).isGreaterThanOrEqualTo(30));
    scene.database().execute("DROP TRIGGER full_disk ON " + table.name());

    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(10));
    within(
        PATIENCE,
        () ->
            assertThat(node.wire().delivery("records").json().at("/state").asText())
                .isEqualTo("running"));
    assertThat(counted(node, "deadLettered")).isZero();
    assertThat(node.log().tail(1_000).lines().filter(line -> line.contains("interrupted")))
        .singleElement()
        .asString()
        .contains("no space left");
  }

  @Test
  void whatKafkaCannotDoIsRefusedWithTheReason() throws Exception {
    String topic = scene.unique();
    scene.kafka().createTopic(topic, 1);
    RecordsTable table = RecordsTable.create(scene.database(), "records");
    RunnerProcess node = scene.coordinator("n1", scene.external("n1").kafka(scene.kafka())).start();
    DeliverySpec good = DeliverySpec.fromKafka(topic).statement(table.insert());

    Answer prepared =
        node.wire()
            .putDelivery(
                "a",
                DeliverySpec.fromKafka(topic).statement(table.insert()).under("two-phase-commit"));
    Answer unknown =
        node.wire().putDelivery("a", DeliverySpec.fromKafka("not-there").statement(table.insert()));

    assertThat(prepared.status()).isEqualTo(400);
    assertThat(prepared.text()).contains("local-commit, which keeps the position beside the rows");
    assertThat(unknown.status()).isEqualTo(400);
    assertThat(unknown.text()).contains("source.kafka.topic").contains("none of this name");
    assertThat(node.wire().putDelivery("a", good).status()).isEqualTo(201);
  }
}
