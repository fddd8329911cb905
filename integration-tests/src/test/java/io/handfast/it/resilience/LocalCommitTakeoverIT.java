package io.handfast.it.resilience;

import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Under local commit a node needs neither a name nor a volume: what it leaves when it is killed for
 * good, another one ends.
 */
class LocalCommitTakeoverIT {
  private static final Orders SENT = Orders.upTo(1_500);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension final Scene scene = new Scene();

  private OrdersTable table;
  private Auditor auditor;

  @BeforeEach
  void send() throws Exception {
    table = OrdersTable.create(scene.database(), "orders").slow(Duration.ofMillis(2));
    auditor = scene.auditor(table);
    scene.artemis().address().send(scene.queue(), SENT.bodies());
  }

  @Test
  void aPeerFinishesWhatANodeHasLeftThatNeverComesBack() throws Exception {
    RunnerProcess first = node("first").launch();
    RunnerProcess second = node("second").start();
    first.awaitReady();
    auditor.awaitRows(table.rows() + 200, PATIENCE);

    first.kill9();

    assertAllIsSettledOnce();
    assertThat(second.log().linesWith("\\bERROR\\b")).isEmpty();
  }

  @Test
  void aNodeUnderAnotherProtocolWaitsUntilThePeersAreGone() throws Exception {
    RunnerProcess first = node("first").start();
    RunnerProcess second = node("second", "idempotency").start();
    within(
        PATIENCE,
        () ->
            assertThat(second.wire().delivery("orders").json().path("lastError").asText())
                .contains("runs the delivery 'orders' under local-commit"));
    assertThat(second.wire().delivery("orders").json().at("/counters/committed").asLong()).isZero();

    first.kill9();
    scene
        .database()
        .execute("UPDATE handfast_marker SET updated_at = updated_at - INTERVAL '2' MINUTE");

    assertAllIsSettledOnce();
  }

  @Test
  void aNodeThatStartsAgainWithNothingFinishesWhatItHasLeft() throws Exception {
    RunnerProcess node = node("only").start();
    auditor.awaitRows(table.rows() + 200, PATIENCE);
    node.kill9When(() -> !auditor.prepared().isEmpty());
    node.loseData();

    node.start();

    assertThat(node.log().linesWith("node name generated node=node-[0-9a-z]{12}\\b")).hasSize(2);
    assertAllIsSettledOnce();
    assertNothingIsTakenThatWouldHaveToBeKept(node);
  }

  private void assertAllIsSettledOnce() throws Exception {
    auditor.awaitEveryMessageSettledOnce(SENT, PATIENCE);
    assertThat(table.distinctRows()).isEqualTo(SENT.last());
    within(PATIENCE, () -> assertThat(auditor.prepared()).isEmpty());
  }

  private void assertNothingIsTakenThatWouldHaveToBeKept(RunnerProcess node) {
    List<Answer> refused =
        List.of(
            node.wire().putDelivery("more", DeliverySpec.of(scene.queue(), table)),
            node.wire().begin(),
            node.wire().startComparison("{}"));

    assertThat(refused)
        .allSatisfy(
            answer -> {
              assertThat(answer.status()).isEqualTo(409);
              assertThat(answer.problem()).isEqualTo("node-is-disposable");
            });
    assertThat(node.wire().get("/v1/checks").text())
        .contains("nothing here is needed after a restart");
  }

  private RunnerProcess node(String log) throws Exception {
    return node(log, "local-commit");
  }

  private RunnerProcess node(String log, String protocol) throws Exception {
    DeliverySpec orders = DeliverySpec.of(scene.queue(), table).batch(5).under(protocol);
    return scene.coordinator(
        log,
        scene
            .disposable()
            .set("handfast.recovery.takeover-after", "PT2S")
            .delivery("orders", orders));
  }
}
