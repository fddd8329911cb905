package io.handfast.it.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * {@code kill -9} while recovery puts right what the {@code kill -9} before has left behind.
 *
 * <p>The build plays one round; {@code -Dhandfast.rounds=10} plays ten.
 */
class KillDuringRecoveryIT {
  private static final int ROUNDS = Integer.getInteger("handfast.rounds", 1);
  private static final Orders SENT = Orders.upTo(1_000L * ROUNDS);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int LATEST_MILLIS = 800;

  @RegisterExtension final Scene scene = new Scene();

  @Test
  void everyMessageIsThereOnceThoughRecoveryIsKilledAgainAndAgain() throws Exception {
    OrdersTable table = OrdersTable.create(scene.database(), "orders").slow(Duration.ofMillis(2));
    Auditor auditor = scene.auditor(table);
    DeliverySpec delivery = DeliverySpec.of(scene.queue(), table).consumers(24).batch(1);
    RunnerProcess coordinator =
        scene.coordinator("n1", scene.external("n1").delivery("orders", delivery)).start();
    coordinator.wire().sendLines(scene.queue(), SENT.ndjson());
    auditor.awaitRows(100, PATIENCE);

    for (int round = 0; round < ROUNDS; round++) {
      coordinator.kill9When(() -> auditor.seesDecidedInTheDatabase(coordinator));
      killAtItsFirstBranch(coordinator);
      killAtAnyMoment(coordinator);
      coordinator.start();
    }
    assertThat(table.rows()).as("rows at the last kill").isLessThan(SENT.last());

    auditor.awaitEveryMessageSettledOnce(SENT, PATIENCE);
    assertThat(table.distinctRows()).isEqualTo(SENT.last());
  }

  private static void killAtItsFirstBranch(RunnerProcess coordinator) {
    int before = recovered(coordinator);
    Instant end = Instant.now().plus(PATIENCE);
    coordinator.launch();
    while (recovered(coordinator) == before) {
      assertThat(coordinator.isAlive()).isTrue();
      assertThat(Instant.now()).as("no branch was recovered").isBefore(end);
      Thread.onSpinWait();
    }
    coordinator.kill9();
  }

  private static int recovered(RunnerProcess coordinator) {
    return coordinator.log().linesWith("branch recovered").size();
  }

  private static void killAtAnyMoment(RunnerProcess coordinator) throws InterruptedException {
    coordinator.launch();
    Thread.sleep(ThreadLocalRandom.current().nextInt(LATEST_MILLIS));
    coordinator.kill9();
  }
}
