package io.handfast.coordination;

/** The client has begun a transaction with this id before. */
public class AlreadyBegunException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient ClientTransaction transaction;

  AlreadyBegunException(ClientTransaction transaction) {
    super("There is a transaction '" + transaction.id() + "' already.");
    this.transaction = transaction;
  }

  /** The one that it has begun. */
  public ClientTransaction transaction() {
    return transaction;
  }
}
