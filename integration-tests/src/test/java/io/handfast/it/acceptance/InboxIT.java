package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Answer;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Wire;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The ids that idempotency keeps go again once the broker has let their messages go. */
class InboxIT {
  @RegisterExtension final Scene scene = new Scene();

  private OrdersTable table;
  private Wire wire;

  @BeforeEach
  void start() throws Exception {
    table = OrdersTable.create(scene.database(), "orders");
    wire = scene.coordinator("n1", scene.external("n1")).start().wire();
    wire.sendLines(scene.queue(), Orders.upTo(100).ndjson());
  }

  @Test
  void idsOfPushedMessagesGo() throws Exception {
    wire.putDelivery("orders", DeliverySpec.of(scene.queue(), table).under("idempotency"));

    eventually(() -> assertThat(table.rows()).isEqualTo(100));

    eventually(() -> assertThat(inbox()).isZero());
  }

  @Test
  void idsOfPulledMessagesGo() throws Exception {
    wire.putDelivery("orders", DeliverySpec.fromQueue(scene.queue()).under("idempotency").pull());

    for (int i = 0; i < 10; i++) {
      Answer pulled = wire.receive("orders", "max=10&wait=PT10S");
      assertThat(pulled.json().path("messages")).hasSize(10);
      assertThat(wire.commit(pulled.json().path("transaction").asText()).status()).isEqualTo(200);
    }

    assertThat(wire.receive("orders", "max=10&wait=PT1S").status()).isEqualTo(204);
    eventually(() -> assertThat(inbox()).isLessThan(20));
  }

  private long inbox() throws Exception {
    return table.database().number("SELECT count(*) FROM handfast_inbox");
  }
}
