package io.handfast.concurrent;

import java.time.Duration;

/** A point in time until which a caller waits, on a monotonic clock. Immutable. */
public final class Deadline {

  private static final long NANOS_A_MILLI = 1_000_000;

  private final long nanos;

  private Deadline(long nanos) {
    this.nanos = nanos;
  }

  /** So much later than now; at most some 290 years. */
  public static Deadline after(Duration patience) {
    return new Deadline(Scheduling.nanoTime() + patience.toNanos());
  }

  /** What is left until then; zero from then on. */
  public Duration left() {
    return Duration.ofNanos(Math.max(0, nanos - Scheduling.nanoTime()));
  }

  /** Whether less than a millisecond is left. */
  public boolean isOver() {
    return nanos - Scheduling.nanoTime() < NANOS_A_MILLI;
  }
}
