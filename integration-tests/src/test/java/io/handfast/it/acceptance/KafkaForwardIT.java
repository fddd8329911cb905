package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Broker;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.QueuedMessage;
import io.handfast.it.harness.RecordsTable;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Records of a topic are rows, and messages of a queue of another broker, each once. */
class KafkaForwardIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int PARTITIONS = 2;
  private static final int RECORDS = 6_000;
  private static final int KILLS = 4;

  @RegisterExtension final Scene scene = new Scene();

  private RunnerProcess coordinator(String node, DeliverySpec specification) throws Exception {
    return scene.coordinator(
        node, scene.external(node).kafka(scene.kafka()).delivery("records", specification));
  }

  private DeliverySpec forwarding(RecordsTable table) {
    return DeliverySpec.fromKafka(scene.unique())
        .statement(table.insert())
        .forward(scene.queue())
        .consumers(PARTITIONS);
  }

  @Test
  void eachRecordIsOneRowAndOneMessageWhicheverCoordinatorIsKilled() throws Exception {
    scene.kafka().createTopic(scene.unique(), PARTITIONS);
    RecordsTable table = RecordsTable.create(scene.database(), "records");
    Broker broker = scene.artemis().address();
    List<RunnerProcess> nodes =
        List.of(coordinator("n1", forwarding(table)), coordinator("n2", forwarding(table)));
    nodes.forEach(RunnerProcess::launch);
    nodes.forEach(RunnerProcess::awaitReady);
    Random random = new Random();

    for (int kill = 0; kill < KILLS; kill++) {
      Orders slice = new Orders(1 + kill * RECORDS / KILLS, (kill + 1) * RECORDS / KILLS);
      long before = table.rows();
      int more = 1 + random.nextInt(RECORDS / KILLS / 2);
      scene.kafka().send(scene.unique(), PARTITIONS, slice.bodies());
      RunnerProcess killed = nodes.get(kill % nodes.size());
      killed.kill9When(() -> table.rows() >= before + more);
      killed.start();
    }

    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(RECORDS));
    within(PATIENCE, () -> assertThat(broker.preparedTransactions()).isEmpty());
    assertThat(table.distinctRows()).isEqualTo(RECORDS);
    assertThat(table.disorder()).isZero();
    assertThat(broker.messageCount(scene.queue())).isEqualTo(RECORDS);
    assertThat(broker.browse(scene.queue()).stream().map(sent -> Orders.idOf(sent.body())))
        .containsExactlyInAnyOrderElementsOf(Orders.upTo(RECORDS).ids());
  }

  @Test
  void aMessageHasTheKeyAndTheHeadersOfItsRecord() throws Exception {
    scene.kafka().createTopic(scene.unique(), 1);
    RecordsTable table = RecordsTable.create(scene.database(), "records");
    coordinator("n1", forwarding(table)).start();
    try (KafkaProducer<byte[], byte[]> producer = scene.kafka().producer()) {
      ProducerRecord<byte[], byte[]> sent =
          new ProducerRecord<>(
              scene.unique(), 0, 1_700_000_000_000L, bytes("customer 7"), bytes(Orders.json(1)));
      sent.headers().add("sentry-trace", bytes("1-2"));
      sent.headers().add("_AMQ_DUPL_ID", bytes("the same"));
      sent.headers().add("JMSExpiration", bytes("1"));
      producer.send(sent).get();
      ProducerRecord<byte[], byte[]> large =
          new ProducerRecord<>(scene.unique(), 0, null, bytes(Orders.json(2)));
      large.headers().add("large", new byte[200 * 1024]);
      producer.send(large).get();
      producer.send(new ProducerRecord<>(scene.unique(), 0, bytes("customer 8"), null)).get();
    }

    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(2));

    List<QueuedMessage> messages = scene.artemis().address().browse(scene.queue());
    assertThat(messages).hasSize(2);
    assertThat(messages.get(0).body()).isEqualTo(Orders.json(1));
    assertThat(messages.get(0).headers())
        .containsEntry("handfast_key", "customer 7")
        .containsEntry("handfast_topic", scene.unique())
        .containsEntry("handfast_partition", "0")
        .containsEntry("handfast_offset", "0")
        .containsEntry("handfast_timestamp", "1700000000000")
        .containsEntry("sentry_HYPHEN_trace", "1-2")
        .doesNotContainKeys("_AMQ_DUPL_ID", "JMSExpiration");
    assertThat(messages.get(1).body()).as("a record without a value").isNull();
    assertThat(messages.get(1).headers()).containsEntry("handfast_offset", "2");
    assertThat(scene.database().values("SELECT position || ' ' || cause FROM handfast_dead_letter"))
        .singleElement()
        .asString()
        .startsWith("1 ")
        .contains("more than the 102400 that can be copied");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aBrokerThatTakesNothingUsesNoAttemptAndItsMemberStaysInTheGroup() throws Exception {
    scene.kafka().createTopic(scene.unique(), 1);
    RecordsTable table = RecordsTable.create(scene.database(), "records");
    Broker broker = scene.artemis().address();
    RunnerProcess node = coordinator("n1", forwarding(table).consumers(1).retry(1, "PT0S")).start();
    scene.kafka().send(scene.unique(), 1, Orders.upTo(1).bodies());
    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(1));
    String member = member();
    broker.setRules(
        scene.queue(),
        "{\"addressFullMessagePolicy\": \"BLOCK\", \"maxSizeBytes\": 10000, \"pageSizeBytes\": 1000}");
    broker.send(scene.queue(), List.of("x".repeat(20_000)));

    // Each of a size that takes more credits than a broker gives in advance.
    List<String> large =
        new Orders(2, 6)
            .bodies().stream().map(body -> body.replace("item ", "x".repeat(60_000))).toList();
    scene.kafka().send(scene.unique(), 1, large);

    within(
        PATIENCE,
        () -> {
          JsonNode delivery = node.wire().delivery("records").json();
          assertThat(delivery.path("state").asText()).isEqualTo("retrying");
          assertThat(delivery.path("lastError").asText())
              .contains("takes no messages for " + scene.queue());
        });
    assertThat(table.rows()).isEqualTo(1);
    broker.setRules(scene.queue(), "{\"addressFullMessagePolicy\": \"PAGE\"}");
    broker.take(scene.queue());
    broker.take(scene.queue());

    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(6));
    assertThat(broker.messageCount(scene.queue())).isEqualTo(5);
    assertThat(member()).isEqualTo(member);
    assertThat(node.wire().delivery("records").json().at("/counters/deadLettered").asLong())
        .isZero();
  }

  private String member() throws Exception {
    try (Admin admin = scene.kafka().admin()) {
      return admin
          .describeConsumerGroups(List.of("handfast-records"))
          .all()
          .get()
          .get("handfast-records")
          .members()
          .iterator()
          .next()
          .consumerId();
    }
  }
}
