package io.handfast.it.resilience.crashpoint;

import java.time.Duration;
import java.util.Locale;

/**
 * What became of a cell.
 *
 * @param recovery from the begin of the repair until nothing is prepared and every message is
 *     settled
 */
record Finding(Cell cell, Outcome outcome, Duration recovery) {

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s, %.1f s", outcome, recovery.toMillis() / 1_000.0);
  }
}
