package io.handfast.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.transaction.RefusedException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever closes the entrance sees all who came in. */
@Timeout(10)
class BeginGateTest {

  private final BeginGate beginGate = new BeginGate();

  @Test
  void aClosedOneLetsNobodyInUntilItIsOpenedAgain() throws Exception {
    beginGate.enter().unlock();
    beginGate.close();

    assertThatThrownBy(beginGate::enter)
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.reason()).isEqualTo(RefusedException.Reason.DRAINING));

    beginGate.open();
    beginGate.enter().unlock();
  }

  @Test
  void closingWaitsForWhoeverIsJustBeginning() throws Exception {
    Lock entered = beginGate.enter();
    CompletableFuture<Void> closed = CompletableFuture.runAsync(beginGate::close);
    Thread.sleep(100);
    assertThat(closed).isNotDone();

    entered.unlock();

    closed.get(5, TimeUnit.SECONDS);
  }

  @Test
  void whoIsRefusedHoldsNobodyUp() throws Exception {
    beginGate.close();
    assertThatThrownBy(beginGate::enter)
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.reason()).isEqualTo(RefusedException.Reason.DRAINING));

    CompletableFuture.runAsync(beginGate::open).get(5, TimeUnit.SECONDS);
  }
}
