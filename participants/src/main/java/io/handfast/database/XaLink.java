package io.handfast.database;

import java.sql.Connection;
import java.sql.SQLException;
import javax.transaction.xa.XAResource;

/** A connection, the resource that holds its branches, and the way to close both. */
record XaLink(Connection connection, XAResource resource, Closing closing) {

  /** Closes without touching a prepared branch. */
  @FunctionalInterface
  interface Closing {
    void close() throws SQLException;
  }
}
