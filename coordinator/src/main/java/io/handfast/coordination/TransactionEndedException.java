package io.handfast.coordination;

/** The transaction has ended, so nothing can be added to it. */
public class TransactionEndedException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient ClientTransaction transaction;

  public TransactionEndedException(ClientTransaction transaction) {
    super("the transaction has ended");
    this.transaction = transaction;
  }

  public ClientTransaction transaction() {
    return transaction;
  }
}
