package io.handfast.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.event.Event.ParticipantReached;
import io.handfast.readiness.Checks.CheckedAdmission;
import io.handfast.transaction.SteppedClock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When the checks are made again. */
@Timeout(30)
class CheckedAdmissionTest {

  private static final Duration LONGER_THAN_A_TEST = Duration.ofDays(1);

  private final CheckedAdmission admission =
      new CheckedAdmission(new Checks(List.of(), Set.of()), new SteppedClock());

  private CompletableFuture<Boolean> waiting() {
    admission.awaitChange(LONGER_THAN_A_TEST); // the first one is at once
    return CompletableFuture.supplyAsync(() -> admission.awaitChange(LONGER_THAN_A_TEST));
  }

  @Test
  void aParticipantThatWasReachedIsAChange() throws Exception {
    CompletableFuture<Boolean> waiting = waiting();

    admission.on(new ParticipantReached("database"));

    assertThat(waiting.get(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aChangeBeforeTheWaitingIsNotMissed() {
    admission.awaitChange(LONGER_THAN_A_TEST);
    admission.changed();

    assertThat(admission.awaitChange(LONGER_THAN_A_TEST)).isTrue();
  }

  @Test
  void theEndEndsTheWaiting() throws Exception {
    CompletableFuture<Boolean> waiting = waiting();

    admission.stop();

    assertThat(waiting.get(20, TimeUnit.SECONDS)).isFalse();
  }
}
