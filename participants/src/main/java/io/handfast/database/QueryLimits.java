package io.handfast.database;

import java.time.Duration;

/**
 * The limits in rows and time of one statement of a client.
 *
 * @param rows the most rows that are told, over all runs
 * @param time how long each run may take; the driver counts in seconds
 */
public record QueryLimits(int rows, Duration time) {

  /** The time as JDBC wants it, rounded up, since 0 would mean no limit. */
  int seconds() {
    return seconds(time);
  }

  static int seconds(Duration time) {
    return (int) Math.min(Integer.MAX_VALUE, Math.max(1, time.plusMillis(999).toSeconds()));
  }
}
