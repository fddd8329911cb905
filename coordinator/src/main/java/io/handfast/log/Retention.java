package io.handfast.log;

import java.time.Duration;

/**
 * How long the log keeps outcomes and ids for clients.
 *
 * @param outcomes that a transaction of a client was committed, from its decision on
 * @param names which transaction goes by a name that a client chose, from its beginning on
 * @param most outcomes at one time; the oldest are dropped first
 */
public record Retention(Duration outcomes, Duration names, int most) {

  /** Keeps nothing for clients. */
  public static final Retention NONE = new Retention(Duration.ZERO, Duration.ZERO, 0);
}
