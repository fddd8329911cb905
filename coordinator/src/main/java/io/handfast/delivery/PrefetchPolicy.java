package io.handfast.delivery;

import io.handfast.message.Prefetch;
import java.util.concurrent.TimeUnit;

/**
 * Decides whether the broker sends messages ahead to a consumer, by how fast the consumer is.
 *
 * <p>What waits in the buffer of a slow consumer is kept from others that could take it: consumers
 * of other nodes above all. With a handler nothing is sent ahead, since a unit is one message. A
 * consumer whose units are slow gives its buffer back and asks for what it takes, until they are
 * quick again. Not thread-safe.
 */
final class PrefetchPolicy {

  private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long QUICK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final int QUICK_UNITS = 10;

  private final boolean isFixed;
  private Prefetch prefetch;
  private int quickUnits;

  /** One that learns. */
  PrefetchPolicy() {
    this(Prefetch.BUFFERED, false);
  }

  private PrefetchPolicy(Prefetch first, boolean isFixed) {
    this.prefetch = first;
    this.isFixed = isFixed;
  }

  /** One that never changes. */
  static PrefetchPolicy always(Prefetch prefetch) {
    return new PrefetchPolicy(prefetch, true);
  }

  Prefetch prefetch() {
    return prefetch;
  }

  /**
   * Learns from a unit.
   *
   * @param messages how many it had; one without any tells nothing
   * @param nanos how long it took from when they had come
   */
  void learn(int messages, long nanos) {
    if (messages == 0 || isFixed) {
      return;
    }
    if (nanos > SLOW_NANOS) {
      prefetch = Prefetch.ON_DEMAND;
      quickUnits = 0;
    } else if (nanos > QUICK_NANOS) {
      quickUnits = 0;
    } else if (prefetch == Prefetch.ON_DEMAND && ++quickUnits >= QUICK_UNITS) {
      prefetch = Prefetch.BUFFERED;
      quickUnits = 0;
    }
  }
}
