package io.handfast.concurrent;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** The end of a caller's patience, on a clock that nothing sets. Immutable. */
public final class Deadline {

  private static final long NANOS_A_MILLI = 1_000_000;

  private final long nanos;

  private Deadline(long nanos) {
    this.nanos = nanos;
  }

  /** So much later than now; at most some 290 years. */
  public static Deadline after(Duration patience) {
    return new Deadline(System.nanoTime() + patience.toNanos());
  }

  /** What is left until then; zero from then on. */
  public Duration left() {
    return Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
  }

  /** Whether less than a millisecond is left. */
  public boolean isOver() {
    return nanos - System.nanoTime() < NANOS_A_MILLI;
  }

  /**
   * Waits until something is so, on a monitor that the caller holds and that is notified of each
   * change.
   *
   * @return false where it is not so in time
   */
  public boolean await(Object monitor, BooleanSupplier isSo) throws InterruptedException {
    while (!isSo.getAsBoolean()) {
      if (isOver()) {
        return false;
      }
      monitor.wait(left().toMillis());
    }
    return true;
  }
}
