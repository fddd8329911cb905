package io.handfast.it.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two coordinators on one queue and one table. The name of one begins with the name of the other,
 * which must not make one the owner of the other's branches.
 */
class ParallelNodesIT {
  /** More than the other takes until one is caught with something prepared. */
  private static final Orders SENT = Orders.upTo(10_000);

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension final Scene scene = new Scene();

  private OrdersTable table;
  private Auditor auditor;
  private RunnerProcess n1;
  private RunnerProcess n10;

  @BeforeEach
  void arrange() throws Exception {
    table = OrdersTable.create(scene.database(), "orders").slow(Duration.ofMillis(2));
    auditor = scene.auditor(table);
    DeliverySpec delivery = DeliverySpec.of(scene.queue(), table).batch(5);
    n1 = scene.coordinator("n1", scene.external("n1").delivery("orders", delivery));
    n10 = scene.coordinator("n10", scene.external("n10").delivery("orders", delivery));
    scene.artemis().address().send(scene.queue(), SENT.bodies());
  }

  @Test
  void oneKilledOneWorkingAndEveryMessageIsThereOnce() throws Exception {
    n1.start();
    n10.start();
    auditor.awaitRows(300, PATIENCE);

    n1.kill9When(auditor::seesPrepared);
    auditor.awaitRows(table.rows() + 500, PATIENCE);
    n1.start();

    table.fast();
    auditor.awaitEveryMessageSettledOnce(SENT, PATIENCE);
  }

  @Test
  void recoveryOfOneLeavesTheBranchesOfTheOtherAlone() throws Exception {
    n10.start();
    auditor.awaitRows(300, PATIENCE);
    n10.freezeWhen(auditor::seesPrepared);
    Set<String> branchesOfN10 = auditor.prepared();

    n1.start();

    assertThat(auditor.prepared()).containsAll(branchesOfN10);
    n10.process().thaw();
    table.fast();
    auditor.awaitEveryMessageSettledOnce(SENT, PATIENCE);
  }
}
