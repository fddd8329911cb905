package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Answer;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.ElasticMqProcess;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.TurnsTable;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A queue of SQS becomes rows, each message once, in the order of its group. */
class SqsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int GROUPS = 10;
  private static final int MESSAGES = 400;

  /** Longer than a lease, less what it takes to notice. */
  private static final Duration LONGER_THAN_A_LEASE = Duration.ofSeconds(34);

  @RegisterExtension final Scene scene = new Scene();

  private String queue() {
    return scene.unique() + ".fifo";
  }

  private RunnerProcess coordinator(String node, ElasticMqProcess sqs, DeliverySpec specification)
      throws Exception {
    return scene
        .coordinator(node, scene.external(node).sqs(sqs).delivery("orders", specification))
        .tamperedWith(ElasticMqProcess.CREDENTIALS);
  }

  private long counted(RunnerProcess node, String counter) {
    return node.wire().delivery("orders").json().at("/counters/" + counter).asLong();
  }

  @Test
  void eachMessageIsOneRowInItsOrderThoughTheCoordinatorIsKilled() throws Exception {
    scene.sqs().createQueue(queue(), Map.of());
    TurnsTable table = TurnsTable.create(scene.database(), "orders", GROUPS);
    scene.sqs().sendToGroups(queue(), Orders.upTo(MESSAGES), GROUPS);
    RunnerProcess node =
        coordinator(
            "n1", scene.sqs(), DeliverySpec.fromSqs(queue()).statement(table.insert()).batch(20));
    node.launch();
    node.kill9When(() -> table.rows() > 0);

    node.start();

    within(PATIENCE, () -> assertThat(table.distinctRows()).isEqualTo(MESSAGES));
    within(PATIENCE, () -> assertThat(scene.sqs().messages(queue())).isZero());
    assertThat(table.rows()).isEqualTo(MESSAGES);
    assertThat(table.disorder()).isZero();
  }

  @Test
  void aNodeThatStandsStillForLongerThanItsLeasesAppliesNothingTwice() throws Exception {
    scene.sqs().createQueue(queue(), Map.of());
    TurnsTable table = TurnsTable.create(scene.database(), "orders", GROUPS);
    DeliverySpec specification =
        DeliverySpec.fromSqs(queue()).statement(table.insert()).batch(20).consumers(1);
    RunnerProcess one = coordinator("n1", scene.sqs(), specification);
    one.start();
    scene.sqs().sendToGroups(queue(), Orders.upTo(MESSAGES), GROUPS);
    within(PATIENCE, () -> assertThat(table.rows()).isPositive());
    one.process().freeze();
    RunnerProcess other = coordinator("n2", scene.sqs(), specification);
    other.start();

    Thread.sleep(LONGER_THAN_A_LEASE.toMillis());
    one.process().thaw();
    scene.sqs().sendToGroups(queue(), new Orders(MESSAGES + 1, MESSAGES + 100), GROUPS);

    within(PATIENCE, () -> assertThat(table.distinctRows()).isEqualTo(MESSAGES + 100));
    within(PATIENCE, () -> assertThat(scene.sqs().messages(queue())).isZero());
    assertThat(table.rows()).isEqualTo(MESSAGES + 100);
    assertThat(table.disorder()).isZero();
  }

  @Test
  void aMessageThatCannotBeAppliedIsADeadLetterAndThoseBehindItFollow() throws Exception {
    scene.sqs().createQueue(queue(), Map.of());
    TurnsTable table = TurnsTable.create(scene.database(), "orders", GROUPS);
    RunnerProcess node =
        coordinator(
            "n1",
            scene.sqs(),
            DeliverySpec.fromSqs(queue()).statement(table.insert()).retry(3, "PT1S"));
    node.start();

    for (int id = 1; id <= 30; id++) {
      String body = id == 12 ? Orders.json(id, -1) : id == 13 ? "not JSON" : Orders.json(id);
      scene.sqs().send(queue(), "g" + id % GROUPS, "m" + id, body);
    }

    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(28));
    assertThat(table.disorder()).isZero();
    within(PATIENCE, () -> assertThat(scene.sqs().messages(queue())).isZero());
    within(PATIENCE, () -> assertThat(counted(node, "deadLettered")).isEqualTo(2));
    String letters = "/v1/dead-letters/database/orders";
    assertThat(node.wire().get(letters).json().at("/total").asLong()).isEqualTo(2);
    scene.database().execute("ALTER TABLE orders DROP CONSTRAINT orders_qty_check");

    Answer replayed = node.wire().call("POST", letters + "/replay", "application/json", "");

    assertThat(replayed.json().at("/replayed").asLong()).as(replayed.text()).isEqualTo(1);
    assertThat(table.rows()).isEqualTo(29);
  }

  @Test
  void whatASenderRepeatsIsOneRowWhereTheKeyIsItsId() throws Exception {
    String plain = scene.unique() + "-2.fifo";
    scene.sqs().createQueue(queue(), Map.of());
    scene.sqs().createQueue(plain, Map.of());
    TurnsTable table = TurnsTable.create(scene.database(), "orders", GROUPS);
    RunnerProcess node =
        coordinator(
            "n1",
            scene.sqs(),
            DeliverySpec.fromSqs(queue()).key("deduplication-id").statement(table.insert()));
    node.start();
    scene.sqs().send(queue(), "g1", "m1", Orders.json(1));
    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(1));

    // Five minutes later: another queue forgets earlier, and its messages are moved.
    scene.database().execute("UPDATE handfast_inbox SET message_id = 'm2' WHERE message_id = 'm1'");
    scene.sqs().send(queue(), "g1", "m2", Orders.json(1));
    scene.sqs().send(queue(), "g1", "m3", Orders.json(2));

    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(2));
    within(PATIENCE, () -> assertThat(counted(node, "duplicatesDropped")).isEqualTo(1));
    within(PATIENCE, () -> assertThat(scene.sqs().messages(queue())).isZero());
  }

  @Test
  void aServerThatIsAwayIsSaidOnceAndUsesNoAttempt() throws Exception {
    ElasticMqProcess sqs = scene.closing(new ElasticMqProcess("elasticmq-away")).start();
    sqs.createQueue("away.fifo", Map.of());
    TurnsTable table = TurnsTable.create(scene.database(), "orders", GROUPS);
    RunnerProcess node =
        coordinator(
            "n1",
            sqs,
            DeliverySpec.fromSqs("away.fifo").statement(table.insert()).retry(1, "PT0S"));
    node.start();
    sqs.sendToGroups("away.fifo", Orders.upTo(20), GROUPS);
    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(20));

    sqs.kill9();
    within(
        PATIENCE,
        () ->
            assertThat(node.wire().delivery("orders").json().at("/state").asText())
                .isEqualTo("retrying"));
    sqs.start();
    sqs.sendToGroups("away.fifo", new Orders(21, 40), GROUPS);

    within(PATIENCE, () -> assertThat(table.distinctRows()).isEqualTo(40));
    assertThat(table.rows()).isEqualTo(40);
    assertThat(counted(node, "deadLettered")).isZero();
    assertThat(node.log().tail(1_000).lines().filter(line -> line.contains("interrupted")))
        .singleElement()
        .asString()
        .contains("SQS at " + sqs.address());
  }

  @Test
  void aQueueWithoutAnOrderIsAppliedToo() throws Exception {
    String plain = scene.unique();
    scene.sqs().createQueue(plain, Map.of());
    TurnsTable table = TurnsTable.create(scene.database(), "orders", GROUPS);
    RunnerProcess node =
        coordinator(
            "n1",
            scene.sqs(),
            DeliverySpec.fromSqs(plain).statement(table.insert()).retry(2, "PT1S"));
    node.start();

    Orders.upTo(20).bodies().forEach(body -> scene.sqs().send(plain, body));
    scene.sqs().send(plain, Orders.json(21, -1));

    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(20));
    within(PATIENCE, () -> assertThat(counted(node, "deadLettered")).isEqualTo(1));
    within(PATIENCE, () -> assertThat(scene.sqs().messages(plain)).isZero());
  }

  @Test
  void whatSqsCannotDoIsRefusedWithTheReason() throws Exception {
    scene.sqs().createQueue(queue(), Map.of("ContentBasedDeduplication", "true"));
    TurnsTable table = TurnsTable.create(scene.database(), "orders", GROUPS);
    RunnerProcess node =
        scene
            .coordinator("n1", scene.external("n1").sqs(scene.sqs()))
            .tamperedWith(ElasticMqProcess.CREDENTIALS)
            .start();
    DeliverySpec good = DeliverySpec.fromSqs(queue()).statement(table.insert());

    Answer prepared =
        node.wire()
            .putDelivery(
                "a",
                DeliverySpec.fromSqs(queue()).statement(table.insert()).under("two-phase-commit"));
    Answer unknown =
        node.wire().putDelivery("a", DeliverySpec.fromSqs("none").statement(table.insert()));
    Answer equal =
        node.wire()
            .putDelivery(
                "a",
                DeliverySpec.fromSqs(queue()).key("deduplication-id").statement(table.insert()));

    assertThat(prepared.status()).as(prepared.text()).isEqualTo(400);
    assertThat(unknown.status()).as(unknown.text()).isEqualTo(400);
    assertThat(unknown.text()).contains("source.sqs.queue").contains("none of this name");
    assertThat(equal.status()).as(equal.text()).isEqualTo(400);
    assertThat(equal.text()).contains("two equal bodies may be two events");
    assertThat(node.wire().putDelivery("a", good).status()).isEqualTo(201);
  }
}
