package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.eventually;
import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.HandlerServer;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.Problems;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.SharedNode;
import io.handfast.it.harness.Wire;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A coordinator that leaves for good ends what is open, and says so. */
class DrainIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @RegisterExtension
  static final SharedNode SHARED =
      new SharedNode(
          configuration ->
              configuration
                  .set("handfast.recovery.interval", "PT1S")
                  .set("handfast.shutdown-timeout", "PT1S"));

  private OrdersTable table;
  private Auditor auditor;

  @BeforeEach
  void arrange() throws Exception {
    table = SHARED.createTable();
    auditor = SHARED.auditor(table);
  }

  @AfterEach
  void endDrain() {
    SHARED.wire().endDrain();
  }

  @Test
  void whatClientsHaveOpenIsSettledAndNothingElseBegins() throws Exception {
    RunnerProcess node = SHARED.node();
    Wire wire = node.wire();
    wire.putDelivery("pulled", DeliverySpec.fromQueue("pulled." + SHARED.unique()).pull());
    wire.putDelivery("orders", DeliverySpec.of(SHARED.unique(), table));
    wire.sendJson("pulled." + SHARED.unique(), Orders.json(1));
    String pull = "wait=PT5S&lease=PT1M&transaction=held";
    JsonNode messages = wire.receive("pulled", pull).json().path("messages");
    assertThat(messages).hasSize(1);
    assertThat(wire.begin("open", "PT1M").status()).isEqualTo(201);
    assertThat(wire.begin("forgotten", "PT2S").status()).isEqualTo(201);

    JsonNode draining = wire.beginDrain().json();

    assertThat(draining.at("/outstanding/transactions").findValuesAsText("transaction"))
        .containsExactlyInAnyOrder("held", "open", "forgotten");
    for (Answer refused :
        new Answer[] {
          wire.begin("late", "PT1M"),
          wire.begin(),
          wire.receive("pulled", "transaction=late"),
          wire.receive("pulled", ""),
          wire.resume("orders"),
          wire.putDelivery("late", DeliverySpec.of(SHARED.unique(), table)),
          wire.startComparison("{}")
        }) {
      Problems.assertProblem(refused, 503);
      assertThat(refused.problem()).isEqualTo("draining");
      assertThat(refused.json().path("retry").asText()).isEqualTo("later");
      assertThat(refused.json().path("detail").asText()).contains("another coordinator", "DELETE");
    }
    eventually(() -> assertThat(units(wire)).containsExactly("pulled"));
    assertThat(wire.endDrain().json().path("state").asText())
        .as("waits for no unit")
        .isEqualTo("none");
    assertThat(wire.delivery("pulled").json().path("state").asText()).isEqualTo("running");
    wire.beginDrain();
    eventually(() -> assertThat(units(wire)).containsExactly("pulled"));
    wire.sendJson(SHARED.unique(), Orders.json(7));
    assertThat(wire.begin("open", "PT1M").status()).as("begun before").isEqualTo(200);
    assertThat(wire.receive("pulled", pull).json().path("messages")).isEqualTo(messages);
    for (String open : new String[] {"open", "held"}) {
      String insert =
          "INSERT INTO %s(id, item) VALUES (%d, '%s')".formatted(table.name(), open.length(), open);
      assertThat(wire.run(open, "{\"sql\":\"%s\"}".formatted(insert)).status()).isEqualTo(200);
      assertThat(wire.drain().json().path("state").asText()).isEqualTo("draining");
      assertThat(wire.commit(open).status()).isEqualTo(200);
    }
    awaitDrained(node);
    assertThat(wire.transaction("forgotten").json().path("status").asText())
        .isEqualTo("rolled-back");
    assertThat(table.rows()).isEqualTo(2);

    assertThat(wire.pause("pulled").status()).isEqualTo(200);

    assertThat(wire.endDrain().json().path("state").asText()).isEqualTo("none");

    auditor.awaitRows(3, PATIENCE);
    assertThat(wire.begin("late", "PT1M").status()).isEqualTo(201);
    assertThat(wire.receive("pulled", "").problem()).isEqualTo("delivery-not-running");
    assertThat(wire.resume("pulled").status()).isEqualTo(200);
    assertThat(wire.receive("pulled", "").status()).isEqualTo(204);
  }

  private static List<String> units(Wire wire) {
    return wire.drain().json().at("/outstanding/units").findValuesAsText("delivery");
  }

  @Test
  void aUnitThatTakesTooLongIsHandedBackAndDoneOnceAfterwards() throws Exception {
    CountDownLatch hangs = new CountDownLatch(1);
    HandlerServer handler = new HandlerServer();
    handler.answers(
        call -> {
          hangs.await(20, TimeUnit.SECONDS);
          return new HandlerServer.Reply(200, "");
        });
    DeliverySpec delivery =
        DeliverySpec.of(SHARED.unique(), table).handler(handler.url(), "PT20S").consumers(1);
    RunnerProcess node = SHARED.node();
    node.wire().putDelivery("orders", delivery);
    node.wire().sendJson(SHARED.unique(), Orders.json(1));
    eventually(() -> assertThat(handler.bodies()).hasSize(1));

    node.wire().beginDrain();
    assertThat(node.wire().endDrain().json().path("state").asText())
        .as("waits for no unit")
        .isEqualTo("none");
    JsonNode draining = node.wire().beginDrain().json();

    assertThat(draining.at("/outstanding/units/0/delivery").asText()).isEqualTo("orders");
    assertThat(draining.at("/outstanding/units/0/inHand").asInt()).isEqualTo(1);
    eventually(() -> assertThat(auditor.ledger().in("queue")).isEqualTo(1));
    assertThat(node.wire().drain().json().path("state").asText()).isEqualTo("draining");
    hangs.countDown();
    awaitDrained(node);
    auditor.assertEveryMessageIsInOnePlace(Orders.upTo(1));
    assertThat(table.rows()).isZero();

    node.wire().endDrain();

    auditor.awaitEveryMessageSettledOnce(Orders.upTo(1), PATIENCE);
    assertThat(table.rows()).isEqualTo(1);
    assertThat(handler.bodies()).hasSize(2);
    handler.close();
  }

  private static JsonNode awaitDrained(RunnerProcess node) {
    within(
        PATIENCE,
        () -> {
          JsonNode drain = node.wire().drain().json();
          assertThat(drain.path("state").asText()).as(drain.toString()).isEqualTo("drained");
        });
    return node.wire().drain().json();
  }
}
