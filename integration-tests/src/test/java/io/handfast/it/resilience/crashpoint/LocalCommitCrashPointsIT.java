package io.handfast.it.resilience.crashpoint;

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
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A coordinator that is killed for good at each step of local commit, and a peer that finishes. */
class LocalCommitCrashPointsIT {
  private static final Orders SENT = Orders.upTo(20);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension final Scene scene = new Scene();

  /** Of each: whether the branch is prepared then, and whether the rows are there. */
  @ParameterizedTest
  @CsvSource({
    "prepare, AT ENTRY, 0, false",
    "prepare, AT EXIT, 1, false",
    "decide, AT ENTRY, 1, false",
    "decide, AT EXIT, 1, true",
    "confirm, AT ENTRY, 1, true",
    "confirm, AT EXIT, 0, true"
  })
  void aPeerEndsWhatItsMarkerSays(String step, String where, int prepared, boolean isCommitted)
      throws Exception {
    OrdersTable table = OrdersTable.create(scene.database(), "orders");
    Auditor auditor = scene.auditor(table);
    scene.artemis().address().send(scene.queue(), SENT.bodies());
    Trap trap = new Trap(scene.directory(), List.of(Rules.ofLocalCommit(step, where)));
    RunnerProcess gone = node("n1", table).tamperedWith(trap.tampering()).start();
    trap.awaitReached(gone);
    assertThat(auditor.prepared()).hasSize(prepared);
    assertThat(table.rows() > 0).isEqualTo(isCommitted);

    gone.kill9();
    RunnerProcess peer = node("n2", table).start();

    auditor.awaitEveryMessageSettledOnce(SENT, PATIENCE);
    within(PATIENCE, () -> assertThat(auditor.prepared()).isEmpty());
    assertThat(table.distinctRows()).isEqualTo(SENT.last());
    assertThat(peer.log().linesWith("branch taken over|branch recovered")).hasSize(prepared);
  }

  private RunnerProcess node(String name, OrdersTable table) throws Exception {
    RunnerConfiguration configuration =
        scene
            .external(name)
            .set("handfast.recovery.takeover-after", "PT1S")
            .delivery(
                "orders",
                DeliverySpec.of(scene.queue(), table).consumers(1).batch(5).under("local-commit"));
    return scene.coordinator(name, configuration);
  }
}
