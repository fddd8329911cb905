package io.handfast.it.benchmark.throughput;

import java.time.Duration;

/**
 * What a contestant does before it is measured: the same work for some time, so that its virtual
 * machine has compiled what it goes on doing. A service runs for weeks, and for its first half
 * minute a compiler takes more of two cores than the work does.
 */
final class WarmUp {
  static final Duration TIME = Duration.ofSeconds(Integer.getInteger("throughput.warm-up", 30));

  private static final int PORTION = 2_500;
  private static final int MOST_QUEUED = 10_000;
  private static final Duration LOOK = Duration.ofMillis(10);

  private WarmUp() {}

  /** Keeps a contestant that runs busy; afterwards queue and table are empty. */
  static void give(Place place, int size) throws Exception {
    Messages messages = new Messages(size);
    long end = System.nanoTime() + TIME.toNanos();
    long next = 1;
    while (System.nanoTime() < end) {
      messages.fill(place.broker(), place.queue(), next, PORTION);
      next += PORTION;
      place.awaitQueued(MOST_QUEUED, LOOK);
    }
    place.awaitQueued(0, LOOK);
    place.awaitSettled();
    place.database().execute("TRUNCATE sink");
  }
}
