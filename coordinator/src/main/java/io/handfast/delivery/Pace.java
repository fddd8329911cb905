package io.handfast.delivery;

import io.handfast.message.Intake;
import java.util.concurrent.TimeUnit;

/**
 * Whether messages are sent ahead to a consumer, by how fast it is.
 *
 * <p>What waits in the buffer of a slow consumer is kept from others that could take it: consumers
 * of other nodes above all. With a handler nothing is sent ahead, since a unit is one message. A
 * consumer whose units are slow gives its buffer back and asks for what it takes, until they are
 * quick again. Not thread-safe.
 */
final class Pace {

  private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long QUICK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final int QUICK_UNITS = 10;

  private final boolean isAlwaysOnDemand;
  private Intake intake;
  private int quickUnits;

  Pace(boolean isAlwaysOnDemand) {
    this.isAlwaysOnDemand = isAlwaysOnDemand;
    this.intake = isAlwaysOnDemand ? Intake.ON_DEMAND : Intake.BUFFERED;
  }

  Intake intake() {
    return intake;
  }

  /**
   * Learns from a unit.
   *
   * @param messages how many it had; one without any tells nothing
   * @param nanos how long it took from when they had come
   */
  void learn(int messages, long nanos) {
    if (messages == 0 || isAlwaysOnDemand) {
      return;
    }
    if (nanos > SLOW_NANOS) {
      intake = Intake.ON_DEMAND;
      quickUnits = 0;
    } else if (nanos > QUICK_NANOS) {
      quickUnits = 0;
    } else if (intake == Intake.ON_DEMAND && ++quickUnits >= QUICK_UNITS) {
      intake = Intake.BUFFERED;
      quickUnits = 0;
    }
  }
}
