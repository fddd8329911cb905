package io.handfast.log;

import java.time.Duration;

/**
 * For how long the log keeps what is only there for clients who ask again.
 *
 * @param outcomes that a transaction of a client was committed, from its decision on
 * @param names which transaction goes by a name that a client chose, from its beginning on
 * @param most outcomes at one time; the oldest are dropped first
 */
public record Retention(Duration outcomes, Duration names, int most) {

  /** Keeps nothing for clients. */
  public static final Retention NONE = new Retention(Duration.ZERO, Duration.ZERO, 0);
}
