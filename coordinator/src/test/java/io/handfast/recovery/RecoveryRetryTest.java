package io.handfast.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.log.FakeDecisionLog;
import io.handfast.node.NodeIdentity;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.SteppedClock;
import io.handfast.transaction.Trace;
import io.handfast.transaction.TransactionId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How soon a scan follows the one before. */
class RecoveryRetryTest {

  private static final String LOG = "0a1b2c3d";
  private static final TransactionId LEFT = new TransactionId("n1", LOG, 1, 1);

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Trace trace = new Trace();
  private final FakeParticipant database = new FakeParticipant("database", trace);
  private final SteppedClock clock = new SteppedClock();
  private final NodeFences fences = new NodeFences(clock);
  private final Recovery recovery =
      new Recovery(new SoonOrNever(), fences, new ActiveTransactions(), clock);

  /** Scans again at once after trouble, and by itself never. */
  private record SoonOrNever() implements RecoveryConfig {

    @Override
    public Duration interval() {
      return Duration.ofDays(1);
    }

    @Override
    public Duration retryInterval() {
      return Duration.ofMillis(1);
    }

    @Override
    public Optional<Set<String>> abandonedLogs() {
      return Optional.empty();
    }
  }

  @AfterEach
  void stop() {
    recovery.stop();
  }

  @Test
  void aBranchThatCouldNotBeResolvedIsTriedAgainSoon() throws Exception {
    database.holds(LEFT).failsFor(LEFT, new XAException(XAException.XAER_RMFAIL));
    fences.open("n1", List.of(database));

    recovery.start(
        Scans.node(NodeIdentity.counted("n1", LOG, 2), new FakeDecisionLog(new Trace())));

    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (attempts() < 3 && System.nanoTime() < deadline) {
      Thread.sleep(1);
    }
    assertThat(attempts()).isGreaterThanOrEqualTo(3);
  }

  private long attempts() {
    return trace.steps().stream().filter(step -> step.contains("roll back")).count();
  }
}
