package io.handfast.delivery;

import io.handfast.transaction.Outcome;
import java.util.concurrent.TimeUnit;

/**
 * Chooses how many messages the next unit of a consumer takes under a backlog.
 *
 * <p>What a unit costs besides its messages, the forces of broker, database and decision log above
 * all, is shared by them, so under a backlog more of them go further. The limit doubles after each
 * unit that it has cut short, as long as units are quick: no other session that waits for a row, a
 * lock or the end of the coordinator then notices. A unit that was slow halves it, and one that
 * went wrong takes it back to the first limit, so that less is to be done again. Not thread-safe.
 */
final class UnitSize {

  private static final long QUICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long SLOW_NANOS = 4 * QUICK_NANOS;

  private final int first;
  private final int largest;
  private int limit;

  UnitSize(int first, int largest) {
    this.first = first;
    this.largest = largest;
    this.limit = first;
  }

  int limit() {
    return limit;
  }

  /**
   * Learns from a unit.
   *
   * @param messages how many it took; only one that reaches the limit tells of a backlog
   * @param nanos how long it took, the wait for its first message included
   */
  void learn(Outcome outcome, int messages, long nanos) {
    if (outcome instanceof Outcome.Nothing) {
      return;
    }
    if (!(outcome instanceof Outcome.Committed)) {
      limit = first;
    } else if (nanos > SLOW_NANOS) {
      limit = Math.max(first, limit / 2);
    } else if (messages >= limit && nanos < QUICK_NANOS) {
      limit = Math.min(largest, limit * 2);
    }
  }
}
