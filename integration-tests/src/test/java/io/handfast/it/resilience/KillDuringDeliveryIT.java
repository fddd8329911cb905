package io.handfast.it.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * {@code kill -9} between a real broker and a real database, in the middle of the messages: at any
 * moment, then between the two commits or the two prepares, whichever way round they are made.
 */
class KillDuringDeliveryIT {
  private static final Orders SENT = Orders.upTo(1_500);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension final Scene scene = new Scene();

  @Test
  void everyMessageIsThereOnceAfterThreeKills() throws Exception {
    OrdersTable table = OrdersTable.create(scene.database(), "orders").slow(Duration.ofMillis(2));
    Auditor auditor = scene.auditor(table);
    DeliverySpec delivery = DeliverySpec.of(scene.queue(), table).batch(5);
    RunnerProcess coordinator =
        scene.coordinator("n1", scene.external("n1").delivery("orders", delivery)).start();
    coordinator.wire().sendLines(scene.queue(), SENT.ndjson());

    auditor.awaitRows(200, PATIENCE);
    coordinator.kill9();
    coordinator.start();
    auditor.awaitRows(500, PATIENCE);
    coordinator.kill9When(auditor::seesPrepared);
    coordinator.start();
    auditor.awaitRows(table.rows() + 200, PATIENCE);
    coordinator.kill9When(auditor::seesPrepared);
    assertThat(table.rows()).as("rows at the last kill").isLessThan(SENT.last());
    coordinator.start();

    auditor.awaitEveryMessageSettledOnce(SENT, PATIENCE);
    assertThat(table.distinctRows()).isEqualTo(SENT.last());
  }
}
