package io.handfast.it.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.Broker;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code kill -9} takes the embedded broker and the embedded database down as well. */
class KillDuringEmbeddedDeliveryIT {
  private static final Orders SENT = Orders.upTo(2_000);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension final Scene scene = new Scene();

  @Test
  void everyMessageIsThereOnceAfterThreeKills() throws Exception {
    Broker broker = scene.embeddedBroker();
    RunnerProcess coordinator = scene.coordinator("local", scene.embedded(broker)).start();
    OrdersTable table =
        OrdersTable.create(coordinator.embeddedDatabase(), "shipments").slow(Duration.ofMillis(2));
    Auditor auditor = new Auditor(broker, table, scene.queue());
    DeliverySpec delivery = DeliverySpec.of(scene.queue(), table).batch(5);
    assertThat(coordinator.wire().putDelivery("shipments", delivery).status()).isEqualTo(201);
    coordinator.wire().sendLines(scene.queue(), SENT.ndjson());

    for (int rows : new int[] {200, 700, 1_200}) {
      auditor.awaitRows(rows, PATIENCE);
      coordinator.kill9();
      coordinator.start();
      assertThat(table.rows()).as("rows after a kill").isLessThan(SENT.last());
    }

    auditor.awaitEveryMessageSettledOnce(SENT, PATIENCE);
    assertThat(table.distinctRows()).isEqualTo(SENT.last());
  }
}
