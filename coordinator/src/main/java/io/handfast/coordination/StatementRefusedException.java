package io.handfast.coordination;

/** The database refuses a client's statement; the transaction is as it was before. */
public class StatementRefusedException extends Exception {

  private static final long serialVersionUID = 1L;

  StatementRefusedException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
