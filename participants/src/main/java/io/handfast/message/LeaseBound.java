package io.handfast.message;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * For how long a client may keep messages of a source.
 *
 * @param longest the longest lease
 * @param reason which setting of the source bounds it, for people
 */
public record LeaseBound(Duration longest, String reason) {

  /** What is left of it for messages that were received some time ago. */
  public LeaseBound after(Duration passed) {
    Duration left = longest.minus(passed).truncatedTo(ChronoUnit.SECONDS);
    return new LeaseBound(left.isNegative() ? Duration.ZERO : left, reason);
  }
}
