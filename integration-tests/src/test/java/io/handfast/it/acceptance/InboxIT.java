package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Answer;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.SharedNode;
import io.handfast.it.harness.Wire;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The ids that idempotency keeps go again once the broker has let their messages go. */
class InboxIT {
  @RegisterExtension static final SharedNode SHARED = new SharedNode();

  private OrdersTable table;
  private Wire wire;

  @BeforeEach
  void start() throws Exception {
    table = SHARED.createTable();
    wire = SHARED.wire();
    wire.sendLines(SHARED.unique(), Orders.upTo(100).ndjson());
  }

  @Test
  void idsOfPushedMessagesGo() throws Exception {
    wire.putDelivery(SHARED.unique(), DeliverySpec.of(SHARED.unique(), table).under("idempotency"));

    eventually(() -> assertThat(table.rows()).isEqualTo(100));

    eventually(() -> assertThat(inbox()).isZero());
  }

  @Test
  void idsOfPulledMessagesGo() throws Exception {
    wire.putDelivery(
        SHARED.unique(), DeliverySpec.fromQueue(SHARED.unique()).under("idempotency").pull());

    for (int i = 0; i < 10; i++) {
      Answer pulled = wire.receive(SHARED.unique(), "max=10&wait=PT10S");
      assertThat(pulled.json().path("messages")).hasSize(10);
      assertThat(wire.commit(pulled.json().path("transaction").asText()).status()).isEqualTo(200);
    }

    assertThat(wire.receive(SHARED.unique(), "max=10&wait=PT1S").status()).isEqualTo(204);
    eventually(() -> assertThat(inbox()).isLessThan(20));
  }

  private long inbox() throws Exception {
    return table
        .database()
        .number("SELECT count(*) FROM handfast_inbox WHERE delivery = '" + SHARED.unique() + "'");
  }
}
