package io.handfast.database;

import io.handfast.participant.InertXaResource;
import io.handfast.participant.PlainXid;
import io.handfast.participant.XaFailures;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;
import org.h2.api.ErrorCode;
import org.h2.engine.Database;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.jspecify.annotations.Nullable;

/**
 * Implements XA with H2's SQL commands on a plain connection.
 *
 * <p>The resource that comes with H2 (2.4.240) speaks the same SQL, but rolls a prepared branch
 * back when its connection is closed, does nothing on {@code rollback} of a recovered one, compares
 * ids by {@code equals} and answers failures with the code 0. The names of the branches are the
 * same.
 *
 * <p>H2 decides nothing by itself, so that there is nothing to forget.
 *
 * <p>While the session lives that prepared a branch, only that session may resolve it: H2 seems to
 * let others do so and even lets the session end first, but a rollback is then not written to disk,
 * and the next start finds the branch prepared again. So a prepared branch keeps its connection,
 * and recovery in the same process resolves it there.
 */
final class H2XaResource extends InertXaResource {

  private static final Map<Key, H2XaResource> PREPARED = new ConcurrentHashMap<>();

  private final Database open;
  private final JdbcConnection connection;
  private final H2Dialect dialect;
  private @Nullable PlainXid current;
  private boolean prepared;
  private boolean abandoned;

  H2XaResource(JdbcConnection connection, SessionLocal session, H2Dialect dialect) {
    this.open = session.getDatabase();
    this.connection = connection;
    this.dialect = dialect;
  }

  /**
   * The open database is meant, not its path: once it is closed, any process may resolve the
   * branch.
   */
  private record Key(Database database, PlainXid branch) {}

  @Override
  public synchronized void start(Xid branch, int flags) throws XAException {
    if (flags == TMNOFLAGS && current == null) {
      current = PlainXid.of(branch);
    } else if (flags == TMNOFLAGS || !holds(branch) || prepared) {
      throw XaFailures.of(XAException.XAER_PROTO, "the session holds " + current, null);
    }
  }

  @Override
  public synchronized void end(Xid branch, int flags) throws XAException {
    requireUnprepared(branch);
  }

  @Override
  public synchronized int prepare(Xid branch) throws XAException {
    requireUnprepared(branch);
    run("PREPARE COMMIT", branch);
    prepared = true;
    PREPARED.put(new Key(open, PlainXid.of(branch)), this);
    return XA_OK;
  }

  @Override
  public void commit(Xid branch, boolean onePhase) throws XAException {
    if (onePhase) {
      commitUnprepared(branch);
    } else {
      owner(branch).resolve("COMMIT TRANSACTION", branch);
    }
  }

  @Override
  public void rollback(Xid branch) throws XAException {
    if (!rollbackUnprepared(branch)) {
      owner(branch).resolve("ROLLBACK TRANSACTION", branch);
    }
  }

  private synchronized void commitUnprepared(Xid branch) throws XAException {
    requireUnprepared(branch);
    local(Connection::commit);
    current = null;
  }

  private synchronized boolean rollbackUnprepared(Xid branch) throws XAException {
    if (!holds(branch) || prepared) {
      return false;
    }
    local(Connection::rollback);
    current = null;
    return true;
  }

  private H2XaResource owner(Xid branch) {
    return PREPARED.getOrDefault(new Key(open, PlainXid.of(branch)), this);
  }

  private synchronized void resolve(String verb, Xid branch) throws XAException {
    run(verb, branch);
    if (holds(branch)) {
      PREPARED.remove(new Key(open, PlainXid.of(branch)));
      current = null;
      prepared = false;
      if (abandoned) {
        local(Connection::close);
      }
    } else {
      H2PreparedNames.forget(open, H2PreparedNames.of(branch));
    }
  }

  @Override
  public Xid[] recover(int flag) throws XAException {
    if ((flag & TMSTARTRSCAN) == 0) {
      return new Xid[0];
    }
    List<Xid> branches = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT TRANSACTION_NAME FROM INFORMATION_SCHEMA.IN_DOUBT"
                    + " WHERE TRANSACTION_NAME LIKE 'XID|%'")) {
      while (rows.next()) {
        branches.add(H2PreparedNames.branchOf(rows.getString(1)));
      }
    } catch (SQLException e) {
      throw failure(e);
    }
    return branches.toArray(Xid[]::new);
  }

  /** Closes the connection, or leaves it to the recovery of the branch that it has prepared. */
  synchronized void close() throws SQLException {
    if (prepared) {
      abandoned = true;
    } else {
      connection.close();
    }
  }

  private boolean holds(Xid branch) {
    return PlainXid.of(branch).equals(current);
  }

  private void requireUnprepared(Xid branch) throws XAException {
    if (!holds(branch) || prepared) {
      throw XaFailures.of(XAException.XAER_PROTO, "the session holds " + current, null);
    }
  }

  /** The name is base 64 and bars, and needs no escaping. */
  private void run(String verb, Xid branch) throws XAException {
    local(
        to -> {
          try (Statement statement = to.createStatement()) {
            statement.execute(verb + " \"" + H2PreparedNames.of(branch) + '"');
          }
        });
  }

  private void local(SqlCall call) throws XAException {
    try {
      call.run(connection);
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  private XAException failure(SQLException e) {
    if (e.getErrorCode() == ErrorCode.TRANSACTION_NOT_FOUND_1) {
      return XaFailures.of(XAException.XAER_NOTA, "H2 does not know the branch", e);
    }
    int code = dialect.isConnectionLost(e) ? XAException.XAER_RMFAIL : XAException.XAER_RMERR;
    return XaFailures.of(code, String.valueOf(e.getMessage()), e);
  }

  @FunctionalInterface
  private interface SqlCall {
    void run(Connection connection) throws SQLException;
  }
}
