package io.handfast.database;

/** A text is not one SQL statement with named parameters; the message says what is wrong where. */
public class InvalidStatementException extends Exception {

  private static final long serialVersionUID = 1L;

  InvalidStatementException(String message) {
    super(message);
  }
}
