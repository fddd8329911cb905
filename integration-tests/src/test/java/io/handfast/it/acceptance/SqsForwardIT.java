package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Broker;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.ElasticMqProcess;
import io.handfast.it.harness.HandlerServer;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.QueuedMessage;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.TurnsTable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Messages of SQS are rows, and messages of a queue of another broker, each once. */
class SqsForwardIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int GROUPS = 10;
  private static final int MESSAGES = 600;

  @RegisterExtension final Scene scene = new Scene();

  private String source() {
    return scene.unique() + ".fifo";
  }

  private RunnerProcess coordinator(String node, DeliverySpec specification) throws Exception {
    return scene
        .coordinator(
            node,
            scene
                .external(node)
                .sqs(scene.sqs())
                .set("handfast.recovery.takeover-after", "PT1S")
                .delivery("orders", specification))
        .tamperedWith(ElasticMqProcess.CREDENTIALS);
  }

  private void send(int from, int to) {
    scene.sqs().sendToGroups(source(), new Orders(from, to), GROUPS);
  }

  @Test
  void eachMessageIsOneRowAndOneMessageThoughACoordinatorAndTheBrokerAreKilled() throws Exception {
    scene.sqs().createQueue(source(), Map.of());
    TurnsTable table = TurnsTable.create(scene.database(), "orders", GROUPS);
    DeliverySpec forwarding =
        DeliverySpec.fromSqs(source())
            .statement(table.insert())
            .forward(scene.queue())
            .consumers(2)
            .batch(5);
    RunnerProcess gone = coordinator("n1", forwarding);
    RunnerProcess other = coordinator("n2", forwarding);
    gone.launch();
    other.launch();
    gone.awaitReady();
    other.awaitReady();

    send(1, MESSAGES / 3);
    gone.kill9When(() -> table.rows() > 20);
    send(MESSAGES / 3 + 1, 2 * MESSAGES / 3);
    within(PATIENCE, () -> assertThat(table.rows()).isGreaterThan(MESSAGES / 3));
    scene.artemis().kill9();
    send(2 * MESSAGES / 3 + 1, MESSAGES);
    scene.artemis().start();

    within(PATIENCE, () -> assertThat(table.distinctRows()).isEqualTo(MESSAGES));
    Broker broker = scene.artemis().address();
    within(PATIENCE, () -> assertThat(broker.preparedTransactions()).isEmpty());
    within(PATIENCE, () -> assertThat(scene.sqs().messages(source())).isZero());
    assertThat(table.rows()).isEqualTo(MESSAGES);
    assertThat(table.disorder()).isZero();
    assertThat(broker.browse(scene.queue()).stream().map(sent -> Orders.idOf(sent.body())))
        .containsExactlyInAnyOrderElementsOf(Orders.upTo(MESSAGES).ids());
    assertThat(other.wire().delivery("orders").json().at("/counters/deadLettered").asLong())
        .isZero();
  }

  @Test
  void aMessageHasTheAttributesOfItsOriginalAndWhatNoQueueTakesIsADeadLetter() throws Exception {
    scene.sqs().createQueue(source(), Map.of());
    TurnsTable table = TurnsTable.create(scene.database(), "orders", GROUPS);
    RunnerProcess node =
        coordinator(
            "n1",
            DeliverySpec.fromSqs(source())
                .statement(table.insert())
                .forward(scene.queue())
                .retry(2, "PT0.1S"));
    node.start();
    ElasticMqProcess sqs = scene.sqs();

    sqs.send(
        source(),
        "g/1",
        "m1",
        Orders.json(1),
        Map.of("trace-id", "String:1-2", "price", "Number:12.50", "_AMQ_DUPL_ID", "String:same"));
    sqs.send(source(), "g/1", "m2", Orders.json(2), Map.of("large", "String:" + large()));
    sqs.send(source(), "g/1", "m3", Orders.json(3), Map.of("_AMQ_DUPL_ID", "String:same"));

    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(2));
    Broker broker = scene.artemis().address();
    within(PATIENCE, () -> assertThat(broker.messageCount(scene.queue())).isEqualTo(2));
    List<QueuedMessage> messages = broker.browse(scene.queue());
    assertThat(messages.stream().map(QueuedMessage::body))
        .containsExactly(Orders.json(1), Orders.json(3));
    assertThat(messages.get(0).headers())
        .containsEntry("handfast_group", "g/1")
        .containsEntry("handfast_deduplication_id", "m1")
        .containsKeys("handfast_sequence", "handfast_timestamp")
        .containsEntry("trace_HYPHEN_id", "1-2")
        .containsEntry("price", "12.50")
        .doesNotContainKeys("_AMQ_DUPL_ID", "JMSXGroupID", "handfast_topic");
    assertThat(scene.database().values("SELECT cause FROM handfast_dead_letter"))
        .singleElement()
        .asString()
        .contains("more than the 102400 that can be copied");
    within(PATIENCE, () -> assertThat(scene.sqs().messages(source())).isZero());
  }

  private static String large() {
    return "x".repeat(110 * 1024);
  }

  @Test
  void aHandlerAndAForwardDoWithoutStatements() throws Exception {
    scene.sqs().createQueue(source(), Map.of());
    Broker broker = scene.artemis().address();
    try (HandlerServer handler = new HandlerServer()) {
      handler.answers(call -> new HandlerServer.Reply(call.id() == 2 ? 422 : 204, "no"));
      RunnerProcess node =
          coordinator(
              "n1",
              DeliverySpec.fromSqs(source())
                  .handler(handler.url(), "PT10S")
                  .forward(scene.queue())
                  .consumers(1)
                  .retry(2, "PT0S"));
      node.start();

      scene.sqs().sendToGroups(source(), Orders.upTo(5), 1);

      within(PATIENCE, () -> assertThat(broker.messageCount(scene.queue())).isEqualTo(4));
      within(PATIENCE, () -> assertThat(scene.sqs().messages(source())).isZero());
      assertThat(handler.bodies()).containsExactlyElementsOf(Orders.upTo(5).bodies());
      assertThat(handler.transactions()).as("it adds nothing to the unit").containsOnlyNulls();
      assertThat(scene.database().values("SELECT cause FROM handfast_dead_letter")).hasSize(1);
      assertThat(scene.database().number("SELECT count(*) FROM handfast_inbox")).isEqualTo(5);
    }
  }
}
