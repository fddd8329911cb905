package io.handfast.delivery;

import io.handfast.concurrent.Scheduling;
import java.time.Duration;

/** Growing pauses between attempts, with jitter. */
final class Backoff {

  private static final Duration FIRST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofSeconds(5);

  private Duration next = FIRST;

  /** Starts over with the shortest pause. */
  void reset() {
    next = FIRST;
  }

  /** The next pause: between half and all of a span that doubles up to five seconds. */
  Duration next() {
    long millis = next.toMillis();
    next = next.multipliedBy(2).compareTo(LONGEST) < 0 ? next.multipliedBy(2) : LONGEST;
    return Duration.ofMillis(millis / 2 + Scheduling.random(millis - millis / 2 + 1));
  }
}
