package io.handfast.it.resilience;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.Broker;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.HandlerServer;
import io.handfast.it.harness.HandlerServer.Reply;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.QueuedMessage;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Wire;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a handler has done through the transaction of its message goes when the node is killed. */
class KillDuringHandlerCallIT {
  @RegisterExtension final Scene scene = new Scene();

  @Test
  void aKillInTheMiddleOfTheCallUndoesWhatItDid() throws Exception {
    Broker broker = scene.artemis().address();
    OrdersTable table = OrdersTable.create(scene.database(), "orders");
    Auditor auditor = scene.auditor(table);
    String out = scene.queue() + ".out";
    HandlerServer handler = scene.closing(new HandlerServer());
    RunnerProcess coordinator =
        scene.coordinator("n1", scene.external("n1").set("handfast.client-sql", true)).start();
    Wire wire = coordinator.wire();
    CountDownLatch called = new CountDownLatch(1);
    CountDownLatch killed = new CountDownLatch(1);
    handler.answers(
        call -> {
          wire.run(call.transaction(), table.insert(), List.of(call.body()));
          wire.sendInside(call.transaction(), out, call.body());
          if (called.getCount() > 0) {
            called.countDown();
            killed.await();
          }
          return new Reply(200, "");
        });
    wire.putDelivery(
        "orders", DeliverySpec.fromQueue(scene.queue()).handler(handler.url(), "PT20S"));
    wire.sendJson(scene.queue(), Orders.json(1));
    assertThat(called.await(20, TimeUnit.SECONDS)).isTrue();

    coordinator.kill9();
    killed.countDown();
    eventually(() -> assertThat(broker.browse(scene.queue())).as("given back").hasSize(1));
    assertThat(table.rows()).as("undone").isZero();
    assertThat(forwarded(broker, out)).as("undone").isEmpty();
    coordinator.start();

    eventually(() -> assertThat(broker.messageCount(scene.queue())).isZero());
    assertThat(handler.bodies()).as("called again").hasSize(2);
    assertThat(table.ids()).containsExactly(1L);
    assertThat(forwarded(broker, out)).containsExactly(1L);
    assertThat(auditor.prepared()).isEmpty();
  }

  private static List<Long> forwarded(Broker broker, String out) throws Exception {
    return broker.browse(out).stream().map(QueuedMessage::body).map(Orders::idOf).toList();
  }
}
