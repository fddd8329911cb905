package io.handfast.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.event.Events;
import io.handfast.log.FakeDecisionLog;
import io.handfast.node.NodeIdentity;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.SteppedClock;
import io.handfast.transaction.Trace;
import io.handfast.transaction.TransactionId;
import java.time.Duration;
import java.util.List;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How soon a scan follows the one before. */
@Timeout(30)
class RecoveryRetryTest {

  private static final String LOG = "0a1b2c3d";
  private static final TransactionId LEFT = new TransactionId("n1", LOG, 1, 1);

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Trace trace = new Trace();
  private final FakeParticipant database = new FakeParticipant("database", trace);
  private final SteppedClock clock = new SteppedClock();
  private Recovery recovery;

  private Recovery start(FakeDecisionLog log, Duration retryInterval) {
    recovery =
        new Recovery(
            ScanTimes.afterTrouble(retryInterval),
            new NodeFences("n1", List.of(database), clock),
            Scans.node(new NodeIdentity("n1", LOG, 2, List.of(1L)), log),
            new ActiveTransactions(),
            Events.NONE,
            clock);
    return recovery;
  }

  @AfterEach
  void stop() {
    if (recovery != null) {
      recovery.stop();
    }
  }

  @Test
  void aBranchThatCouldNotBeResolvedIsTriedAgainSoon() throws Exception {
    database.holds(LEFT).failsFor(LEFT, new XAException(XAException.XAER_RMFAIL));

    start(new FakeDecisionLog(new Trace()), Duration.ofMillis(1));

    awaitSteps("roll back", 3);
  }

  @Test
  void aFirstScanThatFailsAsAWholeIsTriedAgainUntilOneDoesNot() throws Exception {
    FakeDecisionLog log = new FakeDecisionLog(trace).broken(true);
    Recovery recovery = start(log, Duration.ofMillis(1));
    awaitSteps("settle log", 3);

    log.broken(false);

    assertThat(recovery.awaitFirstScan()).isTrue();
  }

  @Test
  void noScanFollowsAFailedOneWithoutAPause() throws Exception {
    Recovery patient = start(new FakeDecisionLog(trace).broken(true), Duration.ofDays(1));

    awaitSteps("settle log", 1);
    Thread.sleep(200); // long enough for thousands
    patient.stop();
    assertThat(steps("settle log")).isEqualTo(1);
  }

  private void awaitSteps(String step, int number) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (steps(step) < number && System.nanoTime() < deadline) {
      Thread.sleep(1);
    }
    assertThat(steps(step)).isGreaterThanOrEqualTo(number);
  }

  private long steps(String wanted) {
    return trace.steps().stream().filter(step -> step.contains(wanted)).count();
  }
}
