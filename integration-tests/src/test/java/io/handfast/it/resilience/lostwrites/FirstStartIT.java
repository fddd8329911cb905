package io.handfast.it.resilience.lostwrites;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Faults;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Power failures in the first start of a node, when its files are new. */
class FirstStartIT {
  @RegisterExtension final Scene scene = new Scene();

  @Test
  void deliveryOutlivesThePowerFailureAfterTheAnswer() throws Exception {
    OrdersTable table = OrdersTable.create(scene.database(), "orders");
    RunnerProcess node = scene.coordinator("n1", scene.external("n1"));
    Faults faults = Faults.of(node);
    node.tamperedWith(faults.tampering()).start();
    DeliverySpec delivery = DeliverySpec.of(scene.queue(), table);
    assertThat(node.wire().putDelivery("orders", delivery).status()).isEqualTo(201);

    node.kill9();
    faults.dropUnforcedWrites();
    node.start();

    assertThat(node.wire().delivery("orders").status()).isEqualTo(200);
  }

  /**
   * Each change that was not forced may be the last that reached the disk, and the next be torn.
   */
  @Test
  @EnabledIfSystemProperty(named = "lost-writes.at-length", matches = "true")
  void nodeStartsAgainWhereverThePowerFailed() throws Exception {
    int kept = 0;
    int unforced;
    do {
      RunnerProcess node = scene.coordinator("n" + kept, scene.external("n" + kept));
      Faults faults = Faults.of(node);
      node.tamperedWith(faults.tampering()).start().kill9();
      unforced = faults.unforced();
      faults.dropUnforcedWritesBut(kept, new Random(kept));
      node.start();
      node.kill9();
    } while (kept++ < unforced);
  }
}
