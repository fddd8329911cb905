package io.handfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.message.Intake;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PaceTest {

  private static final long SLOW = TimeUnit.SECONDS.toNanos(2);
  private static final long QUICK = TimeUnit.MILLISECONDS.toNanos(5);

  @Test
  void withAHandlerNothingIsSentAhead() {
    Pace pace = new Pace(true);
    for (int i = 0; i < 100; i++) {
      pace.learn(1, QUICK);
    }

    assertThat(pace.intake()).isEqualTo(Intake.ON_DEMAND);
  }

  @Test
  void aSlowUnitGivesTheBufferBackUntilUnitsAreQuickAgain() {
    Pace pace = new Pace(false);
    assertThat(pace.intake()).isEqualTo(Intake.BUFFERED);

    pace.learn(10, SLOW);
    assertThat(pace.intake()).isEqualTo(Intake.ON_DEMAND);

    for (int i = 0; i < 9; i++) {
      pace.learn(10, QUICK);
      pace.learn(0, SLOW); // nothing came: tells nothing
    }
    assertThat(pace.intake()).isEqualTo(Intake.ON_DEMAND);
    pace.learn(10, QUICK);
    assertThat(pace.intake()).isEqualTo(Intake.BUFFERED);
  }
}
