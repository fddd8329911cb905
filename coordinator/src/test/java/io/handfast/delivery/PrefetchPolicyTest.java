package io.handfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.message.Prefetch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PrefetchPolicyTest {

  private static final long SLOW = TimeUnit.SECONDS.toNanos(2);
  private static final long QUICK = TimeUnit.MILLISECONDS.toNanos(5);

  @Test
  void withAHandlerNothingIsSentAhead() {
    PrefetchPolicy prefetchPolicy = PrefetchPolicy.always(Prefetch.ON_DEMAND);
    for (int i = 0; i < 100; i++) {
      prefetchPolicy.learn(1, QUICK);
    }

    assertThat(prefetchPolicy.prefetch()).isEqualTo(Prefetch.ON_DEMAND);
  }

  @Test
  void aSlowUnitGivesTheBufferBackUntilUnitsAreQuickAgain() {
    PrefetchPolicy prefetchPolicy = new PrefetchPolicy();
    assertThat(prefetchPolicy.prefetch()).isEqualTo(Prefetch.BUFFERED);

    prefetchPolicy.learn(10, SLOW);
    assertThat(prefetchPolicy.prefetch()).isEqualTo(Prefetch.ON_DEMAND);

    for (int i = 0; i < 9; i++) {
      prefetchPolicy.learn(10, QUICK);
      prefetchPolicy.learn(0, SLOW); // nothing came: tells nothing
    }
    assertThat(prefetchPolicy.prefetch()).isEqualTo(Prefetch.ON_DEMAND);
    prefetchPolicy.learn(10, QUICK);
    assertThat(prefetchPolicy.prefetch()).isEqualTo(Prefetch.BUFFERED);
  }
}
