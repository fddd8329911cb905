package io.handfast.it.resilience;

import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Under local commit a node that is killed for good leaves nothing to a person: a peer ends it. */
class LocalCommitTakeoverIT {
  private static final Orders SENT = Orders.upTo(1_500);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension final Scene scene = new Scene();

  @Test
  void aPeerFinishesWhatANodeHasLeftThatNeverComesBack() throws Exception {
    OrdersTable table = OrdersTable.create(scene.database(), "orders").slow(Duration.ofMillis(2));
    Auditor auditor = scene.auditor(table);
    scene.artemis().address().send(scene.queue(), SENT.bodies());
    RunnerProcess first = node("n1", table).launch();
    RunnerProcess second = node("n2", table).start();
    first.awaitReady();
    auditor.awaitRows(table.rows() + 200, PATIENCE);

    first.kill9();

    auditor.awaitEveryMessageSettledOnce(SENT, PATIENCE);
    assertThat(table.distinctRows()).isEqualTo(SENT.last());
    within(PATIENCE, () -> assertThat(auditor.prepared()).isEmpty());
    assertThat(second.log().linesWith("\\bERROR\\b")).isEmpty();
  }

  private RunnerProcess node(String name, OrdersTable table) throws Exception {
    RunnerConfiguration configuration =
        scene
            .external(name)
            .set("handfast.recovery.takeover-after", "PT2S")
            .delivery(
                "orders", DeliverySpec.of(scene.queue(), table).batch(5).under("local-commit"));
    return scene.coordinator(name, configuration);
  }
}
