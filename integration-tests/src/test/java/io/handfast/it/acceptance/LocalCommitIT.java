package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.eventually;
import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.QueuedMessage;
import io.handfast.it.harness.SharedNode;
import io.handfast.it.harness.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Local commit does for a delivery what two-phase commit does, with nothing prepared in a database.
 */
class LocalCommitIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String LOCAL_COMMIT = "local-commit";

  @RegisterExtension static final SharedNode SHARED = new SharedNode();

  private Wire wire;
  private OrdersTable table;
  private Auditor auditor;

  @BeforeEach
  void start() throws Exception {
    table = SHARED.createTable();
    auditor = SHARED.auditor(table);
    wire = SHARED.wire();
  }

  @Test
  void aRefusedMessageIsTriedAgainThenDeadLetteredAndItsNeighboursAreApplied() throws Exception {
    Orders orders = Orders.upTo(1_000);
    List<String> bodies = new ArrayList<>(orders.bodies());
    bodies.set(49, "{\"id\": 50, \"item\": \"less than nothing\", \"qty\": -1}");
    bodies.set(700, "this is not JSON");
    declare(DeliverySpec.of(SHARED.unique(), table).retry(3, "PT0.2S"));

    wire.sendLines(SHARED.unique(), String.join("\n", bodies));

    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(998));
    within(PATIENCE, () -> assertThat(deadLetters()).hasSize(2));
    assertThat(table.distinctRows()).isEqualTo(998);
    assertThat(auditor.prepared()).isEmpty();
    assertThat(SHARED.artemis().address().messageCount(SHARED.unique())).isZero();
    assertThat(counted("deadLettered")).isEqualTo(2);
    assertThat(counted("committed")).isEqualTo(998);
  }

  @Test
  void whatIsForwardedLeavesWithTheRows() throws Exception {
    String next = SHARED.unique() + ".next";
    declare(DeliverySpec.of(SHARED.unique(), table).forward(next));

    wire.sendLines(SHARED.unique(), String.join("\n", Orders.upTo(200).bodies()));

    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(200));
    eventually(() -> assertThat(SHARED.artemis().address().messageCount(next)).isEqualTo(200));
    assertThat(auditor.prepared()).isEmpty();
  }

  @Test
  void theMarkerHasOneRowForEachConsumerThatRuns() throws Exception {
    declare(DeliverySpec.of(SHARED.unique(), table).consumers(2));
    wire.sendLines(SHARED.unique(), String.join("\n", Orders.upTo(100).bodies()));
    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(100));
    assertThat(slots()).isBetween(1L, 2L);

    wire.deleteDelivery(SHARED.unique());

    assertThat(slots()).isZero();
  }

  @Test
  void aDeliveryChangesItsProtocolWhileItRuns() throws Exception {
    Orders orders = Orders.upTo(3_000);
    SHARED.artemis().address().send(SHARED.unique(), orders.bodies());
    List<String> protocols =
        List.of(LOCAL_COMMIT, "two-phase-commit", LOCAL_COMMIT, "idempotency", LOCAL_COMMIT);
    for (String protocol : protocols) {
      long before = table.rows();
      DeliverySpec delivery = DeliverySpec.of(SHARED.unique(), table).batch(5).under(protocol);
      assertThat(wire.putDelivery(SHARED.unique(), delivery).status()).isBetween(200, 201);
      within(PATIENCE, () -> assertThat(table.rows()).isGreaterThan(Math.min(2_900, before + 50)));
    }

    auditor.awaitEveryMessageSettledOnce(orders, PATIENCE);
    assertThat(table.distinctRows()).isEqualTo(orders.last());
  }

  private void declare(DeliverySpec delivery) {
    assertThat(wire.putDelivery(SHARED.unique(), delivery.under(LOCAL_COMMIT)).status())
        .isEqualTo(201);
  }

  private long slots() throws Exception {
    return SHARED
        .database()
        .number(
            "SELECT count(*) FROM handfast_marker WHERE delivery = '%s' AND slot = slot_id"
                .formatted(SHARED.unique()));
  }

  private long counted(String counter) {
    return wire.delivery(SHARED.unique()).json().at("/counters/" + counter).asLong();
  }

  private List<QueuedMessage> deadLetters() throws Exception {
    return SHARED.artemis().address().browse(auditor.deadLetters());
  }
}
