package io.handfast.coordination;

import java.time.Instant;

/** Why a client's transaction was rolled back without a failure of a participant. */
final class RolledBackException extends Exception {

  private static final long serialVersionUID = 1L;

  enum Reason {
    /** The client did not settle in time. */
    LEASE_EXPIRED,
    /** The client asked for it. */
    ASKED,
    /** The coordinator ended before the transaction was decided. */
    RESTARTED
  }

  private final Reason reason;

  private RolledBackException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  static RolledBackException leaseExpired(Instant expired) {
    return new RolledBackException(Reason.LEASE_EXPIRED, "the lease expired at " + expired);
  }

  static RolledBackException asked() {
    return new RolledBackException(Reason.ASKED, "rolled back as asked");
  }

  static RolledBackException restarted() {
    return new RolledBackException(
        Reason.RESTARTED, "the coordinator was restarted before the transaction was decided");
  }

  Reason reason() {
    return reason;
  }
}
