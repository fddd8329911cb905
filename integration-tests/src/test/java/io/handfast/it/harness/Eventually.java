package io.handfast.it.harness;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/** Repeats an assertion until it holds; any exception that is not an assertion ends it at once. */
public final class Eventually {
  private Eventually() {}

  /** Looks every 100 ms. */
  public static void within(Duration patience, ThrowingRunnable assertion) {
    within(patience, Duration.ofMillis(100), assertion);
  }

  /** Looks at an interval, for what is expensive to look at. */
  static void within(Duration patience, Duration interval, ThrowingRunnable assertion) {
    Awaitility.await()
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(interval)
        .atMost(patience)
        .untilAsserted(assertion);
  }

  /** Looks every 100 ms, for up to 30 s. */
  public static void eventually(ThrowingRunnable assertion) {
    within(Duration.ofSeconds(30), assertion);
  }
}
