package io.handfast.coordination;

import java.time.Instant;

/** The client did not settle in time, and everything was given back. */
class LeaseExpiredException extends Exception {

  private static final long serialVersionUID = 1L;

  LeaseExpiredException(Instant expired) {
    super("the lease expired at " + expired);
  }
}
