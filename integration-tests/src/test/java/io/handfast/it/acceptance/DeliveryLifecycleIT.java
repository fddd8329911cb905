package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Answer;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.Problems;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.SharedNode;
import io.handfast.it.harness.Wire;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A delivery from its declaration over REST to its deletion. */
class DeliveryLifecycleIT {
  /** Two tests end it, and find what it has kept when it is started again. */
  @RegisterExtension static final SharedNode SHARED = SharedNode.second();

  private RunnerProcess coordinator;
  private Wire wire;
  private OrdersTable table;

  @BeforeEach
  void start() throws Exception {
    table = SHARED.createTable();
    coordinator = SHARED.node();
    wire = coordinator.wire();
  }

  @Test
  void declaredReplacedReadAndDeleted() {
    DeliverySpec delivery = DeliverySpec.of(SHARED.unique(), table);

    Answer created = wire.putDelivery("orders", delivery);
    Answer replaced = wire.putDelivery("orders", delivery.batch(7));
    JsonNode read = wire.delivery("orders").json();
    Answer all = wire.deliveries();
    Answer deleted = wire.deleteDelivery("orders");
    Answer gone = wire.delivery("orders");

    assertThat(created.status()).as(created.text()).isEqualTo(201);
    assertThat(created.location()).get().asString().endsWith("/v1/deliveries/orders");
    assertThat(replaced.status()).as(replaced.text()).isEqualTo(200);
    assertThat(read.path("state").asText()).isEqualTo("running");
    assertThat(read.findPath("queue").asText()).isEqualTo(SHARED.unique());
    assertThat(read.findPath("batch").asInt()).isEqualTo(7);
    assertThat(read.findPath("consumers").asInt()).isEqualTo(4);
    assertThat(read.path("counters").properties())
        .extracting(Map.Entry::getKey)
        .contains(
            "received",
            "committed",
            "rolledBack",
            "redelivered",
            "deadLettered",
            "duplicatesDropped");
    assertThat(all.status()).isEqualTo(200);
    assertThat(all.text()).contains(SHARED.unique());
    assertThat(deleted.status()).isEqualTo(204);
    Problems.assertProblem(gone, 404);
  }

  @Test
  void pausedItTakesNothingAndResumedItTakesAll() throws Exception {
    wire.putDelivery("orders", DeliverySpec.of(SHARED.unique(), table));

    Answer paused = wire.pause("orders");
    wire.sendLines(SHARED.unique(), Orders.upTo(50).ndjson());
    JsonNode queue = wire.queue(SHARED.unique()).json();
    JsonNode delivery = wire.delivery("orders").json();
    Answer resumed = wire.resume("orders");

    assertThat(paused.status()).isEqualTo(200);
    assertThat(delivery.path("state").asText()).isEqualTo("paused");
    assertThat(queue.path("messages").asLong()).isEqualTo(50);
    assertThat(resumed.status()).isEqualTo(200);
    SHARED.auditor(table).awaitEveryMessageSettledOnce(Orders.upTo(50), Duration.ofSeconds(30));
    assertThat(table.rows()).isEqualTo(50);
  }

  @Test
  void deliveriesSurviveStopAndKill() throws Exception {
    wire.putDelivery("orders", DeliverySpec.of(SHARED.unique(), table));
    coordinator.terminate();
    coordinator.start();
    wire.sendLines(SHARED.unique(), Orders.upTo(10).ndjson());
    eventually(() -> assertThat(table.rows()).isEqualTo(10));

    coordinator.kill9();
    coordinator.launch().awaitLive();
    askedBeforeItIsReadyItSaysLaterAndNeverFails();
    wire.sendLines(SHARED.unique(), new Orders(11, 20).ndjson());
    eventually(() -> assertThat(table.rows()).isEqualTo(20));
    SHARED.auditor(table).awaitEveryMessageSettledOnce(Orders.upTo(20), Duration.ofSeconds(30));
  }

  private void askedBeforeItIsReadyItSaysLaterAndNeverFails() {
    DeliverySpec another = DeliverySpec.of(SHARED.unique() + ".early", table);
    Answer early = wire.putDelivery("early", another);
    assertThat(early.status()).as(early.text()).isIn(201, 503);

    coordinator.awaitReady();
    Answer again = wire.putDelivery("early", another);
    assertThat(again.status()).isEqualTo(early.status() == 201 ? 200 : 201);
  }

  @Test
  void unitsGrowUnderABacklogUnlessTheBatchIsChosen() throws Exception {
    DeliverySpec delivery = DeliverySpec.of(SHARED.unique(), table);
    wire.putDelivery("orders", delivery);
    assertThat(largestUnitOf(new Orders(1, 10_000))).isBetween(101L, 1000L);

    table.database().execute("TRUNCATE " + table.name());
    wire.putDelivery("orders", delivery.batch(50));
    assertThat(largestUnitOf(new Orders(10_001, 20_000))).isEqualTo(50);
  }

  private long largestUnitOf(Orders backlog) throws Exception {
    wire.pause("orders");
    SHARED.artemis().address().send(SHARED.unique(), backlog.bodies());
    wire.resume("orders");
    SHARED.auditor(table).awaitEveryMessageSettledOnce(backlog, Duration.ofSeconds(60));
    return table
        .database()
        .number(
            "SELECT max(rows) FROM (SELECT count(*) AS rows FROM "
                + table.name()
                + " GROUP BY xmin) units");
  }
}
