package io.handfast.coordination;

/** As many transactions are open as may be. */
public class TransactionLimitException extends Exception {

  private static final long serialVersionUID = 1L;

  TransactionLimitException(int limit) {
    super(
        "%d transactions are open, which is the limit (handfast.transactions.limit); settle some first"
            .formatted(limit));
  }
}
