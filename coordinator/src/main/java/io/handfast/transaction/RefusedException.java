package io.handfast.transaction;

import org.jspecify.annotations.Nullable;

/** A caller's request is refused; the message says why, and what to do instead. */
public final class RefusedException extends Exception {

  private static final long serialVersionUID = 1L;

  /** Why, as far as it makes a difference to the caller; a problem of the API has the same name. */
  public enum Reason {
    /** No participant holds the branch, and nothing waits for it. */
    BRANCH_NOT_FOUND,
    /** The branch belongs to another coordinator, which alone may resolve it. */
    BRANCH_NOT_OURS,
    /** A worker of this node has the branch in flight and will end it. */
    BRANCH_IN_USE,
    /** The log, or what an operator did before, says otherwise; may be forced. */
    CONTRADICTS_LOG,
    /** The participant cannot be asked now, or has refused. */
    PARTICIPANT_UNAVAILABLE,
    /** The delivery gives no messages to clients now, or never does. */
    DELIVERY_NOT_RUNNING,
    /** The delivery must be paused for this. */
    DELIVERY_NOT_PAUSED,
    /** The delivery's source has no positions. */
    NO_POSITIONS,
    /**
     * A delivery could not be changed within the time that a caller waits: units of it are in
     * flight, or another change of it is under way. Asking again is safe.
     */
    DELIVERY_BUSY,
    /** This node begins nothing new, since it is being drained. */
    DRAINING,
    /** This node keeps nothing over a restart, and what was asked for must be kept. */
    NODE_IS_DISPOSABLE,
    /** As many transactions are open as may be. */
    TOO_MANY_TRANSACTIONS,
    /** One caller has as many transactions open as it may; others are served. */
    TOO_MANY_TRANSACTIONS_OF_CLIENT,
    /** The database refuses a client's statement; the transaction is as it was before. */
    STATEMENT_REFUSED,
    /** A client's statement was stopped since it took too long; the transaction is as before it. */
    STATEMENT_TIMEOUT,
    /** The work cannot settle two databases together. */
    SECOND_DATABASE,
    /** A service cannot take part in a transaction; nothing has changed. */
    PARTICIPANT_REFUSED,
    /** One comparison at a time: another would be measured with it. */
    COMPARISON_RUNNING,
    /** This node has no broker, and what was asked for needs one. */
    BROKER_REFUSED,
    /** Another call sends messages of the same id, and its outcome is open. Nothing was sent. */
    SEND_UNDER_WAY
  }

  private final Reason reason;

  public RefusedException(Reason reason, String message) {
    this(reason, message, null);
  }

  public RefusedException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Of a node that is being drained. */
  public static RefusedException draining() {
    return new RefusedException(
        Reason.DRAINING,
        "This node is being drained and begins nothing new; what is open here can still be settled."
            + " Send the call to another coordinator, or let an operator end the drain (DELETE"
            + " /v1/drain).");
  }

  /** Of a node that keeps nothing over a restart. */
  public static RefusedException disposableNode() {
    return new RefusedException(
        Reason.NODE_IS_DISPOSABLE,
        "This node has no name in the configuration and keeps nothing over a restart: neither"
            + " deliveries nor decisions. Declare deliveries in handfast.deliveries, set"
            + " handfast.transactions.protocol=local-commit for clients' transactions, or give the"
            + " node a handfast.node and a handfast.data-directory that outlives it.");
  }

  public Reason reason() {
    return reason;
  }
}
