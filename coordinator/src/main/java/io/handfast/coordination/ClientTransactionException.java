package io.handfast.coordination;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A call on a client's transaction has no effect, or the transaction was rolled back without a
 * failure of a participant; {@link #reason()} says why.
 */
public final class ClientTransactionException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** The client has begun a transaction with this id before, which {@link #transaction()} is. */
    ALREADY_BEGUN,
    /** The transaction has ended, so nothing can be added to it. */
    ENDED,
    /** The transaction belongs to another coordinator, {@link #owner()}. */
    OF_ANOTHER_NODE,
    /** The client did not settle in time. */
    LEASE_EXPIRED,
    /** The client asked for the rollback. */
    ASKED,
    /** The coordinator ended before the transaction was decided. */
    RESTARTED
  }

  private final Reason reason;
  private final transient @Nullable ClientTransaction transaction;
  private final @Nullable String owner;

  private ClientTransactionException(
      Reason reason,
      String message,
      @Nullable ClientTransaction transaction,
      @Nullable String owner) {
    super(message);
    this.reason = reason;
    this.transaction = transaction;
    this.owner = owner;
  }

  static ClientTransactionException alreadyBegun(ClientTransaction transaction) {
    return new ClientTransactionException(
        Reason.ALREADY_BEGUN,
        "There is a transaction '" + transaction.id() + "' already.",
        transaction,
        null);
  }

  /** Of a transaction that is not open any more. */
  public static ClientTransactionException ended(ClientTransaction transaction) {
    return new ClientTransactionException(
        Reason.ENDED, "the transaction has ended", transaction, null);
  }

  /** Of a transaction that another coordinator has. */
  public static ClientTransactionException ofAnotherNode(String id, String owner, String node) {
    return new ClientTransactionException(
        Reason.OF_ANOTHER_NODE,
        "The transaction '%s' is of the node '%s', and this is '%s': ask that one."
            .formatted(id, owner, node),
        null,
        owner);
  }

  static ClientTransactionException leaseExpired(@Nullable Instant expired) {
    return rolledBack(Reason.LEASE_EXPIRED, "the lease expired at " + expired);
  }

  static ClientTransactionException asked() {
    return rolledBack(Reason.ASKED, "rolled back as asked");
  }

  static ClientTransactionException restarted() {
    return rolledBack(
        Reason.RESTARTED, "the coordinator was restarted before the transaction was decided");
  }

  private static ClientTransactionException rolledBack(Reason reason, String message) {
    return new ClientTransactionException(reason, message, null, null);
  }

  public Reason reason() {
    return reason;
  }

  /**
   * The transaction that was begun before, or that has ended.
   *
   * @throws NullPointerException the reason is another one
   */
  public ClientTransaction transaction() {
    return Objects.requireNonNull(transaction);
  }

  /**
   * The name of the node to ask.
   *
   * @throws NullPointerException the reason is another one
   */
  public String owner() {
    return Objects.requireNonNull(owner);
  }
}
