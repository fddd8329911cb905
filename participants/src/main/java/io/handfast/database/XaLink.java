package io.handfast.database;

import java.sql.Connection;
import java.sql.SQLException;
import javax.transaction.xa.XAResource;

/**
 * A connection with its XA resource, closed together.
 *
 * @param identity which database it leads to; empty where that is not known
 */
record XaLink(Connection connection, XAResource resource, String identity, Closing closing) {

  /** Closes without touching a prepared branch. */
  @FunctionalInterface
  interface Closing {
    void close() throws SQLException;
  }
}
