package io.handfast.database;

import java.sql.SQLException;

/**
 * A statement ended the database's transaction by itself. What was done in it may be committed, or
 * prepared under another name; nothing more can be done in it.
 */
public class TransactionLeftException extends Exception {

  private static final long serialVersionUID = 1L;

  TransactionLeftException(SQLException missing) {
    super(
        "a statement has ended the database's transaction by itself, so that its rows may be committed without their messages: take out what commits, such as COMMIT or a definition of a table",
        missing);
  }

  TransactionLeftException(StatementTemplate statement) {
    super(
        "the statement has ended the database's transaction, and what was done in it may be committed or prepared there: "
            + statement);
  }
}
