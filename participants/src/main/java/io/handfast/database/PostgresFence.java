package io.handfast.database;

import io.handfast.participant.Fence;
import io.handfast.participant.NodeNameTakenException;
import io.handfast.participant.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Claims a node's name as an advisory lock of a PostgreSQL session.
 *
 * <p>Locks and prepared transactions are looked at database by database, so what the lock covers is
 * what a recovery session lists. Two databases of a configuration can be one to the server: the
 * fences of one process share the name, and know each other by a second lock. A pooler that lends
 * one session to many clients must not stand between: the lock would stay with its session.
 */
final class PostgresFence implements Fence {

  private static final int PATIENCE_SECONDS = 5;

  /**
   * Has the server miss a client that vanished within 12 seconds, also while an answer to it is
   * under way, and never end the session for being idle. Older servers lack some of these.
   */
  private static final String SETTINGS =
      """
      SELECT set_config(name, value, false)
      FROM (VALUES ('tcp_keepalives_idle', '6'), ('tcp_keepalives_interval', '2'),
        ('tcp_keepalives_count', '3'), ('tcp_user_timeout', '12000'),
        ('idle_session_timeout', '0')) AS wanted(name, value)
      JOIN pg_settings USING (name)
      """;

  /** Who holds a lock; null where the user may not see the sessions of others. */
  private static final String HOLDER =
      """
      SELECT coalesce('from ' || host(a.client_addr) || ':' || a.client_port, 'on its own machine')
        || ' since ' || date_trunc('second', a.backend_start)
      FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
      WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND (l.classid::bigint << 32 | l.objid::bigint) = ?
      """;

  private static final String HELD_IN_PROCESS =
      """
      SELECT l.pid FROM pg_locks l
      WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND (l.classid::bigint << 32 | l.objid::bigint) = ?
        AND l.pid IN (SELECT p.pid FROM pg_locks p
          WHERE p.locktype = 'advisory' AND p.objsubid = 1 AND p.granted
          AND (p.classid::bigint << 32 | p.objid::bigint) = ?)
      """;

  private final Connection connection;
  private final long key;
  private final long process;
  private boolean isOwn;

  private PostgresFence(Connection connection, long key, long process) {
    this.connection = connection;
    this.key = key;
    this.process = process;
  }

  /**
   * Holds the name on a connection of its own, which is closed where that fails.
   *
   * @param participant the name of the database, for messages
   * @param process the same number for all fences of one process
   */
  static Fence claim(Connection connection, String participant, String node, long process)
      throws SQLException, NodeNameTakenException {
    PostgresFence fence = new PostgresFence(connection, key(node), process);
    boolean isHeld = false;
    try {
      connection.setAutoCommit(true); // an open transaction would hold back VACUUM for ever
      try (Statement statement = connection.createStatement()) {
        statement.execute(SETTINGS);
      }
      fence.ask("SELECT pg_advisory_lock_shared(?)", process);
      isHeld = fence.acquire();
      if (!isHeld) {
        throw new NodeNameTakenException(node, participant, fence.ask(HOLDER, fence.key));
      }
      return fence;
    } finally {
      if (!isHeld) {
        fence.close();
      }
    }
  }

  /** A digest, since a lock is a number: two nodes have the same by chance once in 2^64. */
  static long key(String node) {
    byte[] name = ("handfast:" + node).getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.wrap(Sha256.of(name)).getLong();
  }

  private boolean acquire() throws SQLException {
    isOwn = "t".equals(ask("SELECT pg_try_advisory_lock(?)", key));
    return isOwn || ask(HELD_IN_PROCESS, key, process) != null;
  }

  /** The first column of the first row as text, or null where there is no row. */
  private @Nullable String ask(String sql, long... locks) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < locks.length; i++) {
        statement.setLong(i + 1, locks[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? rows.getString(1) : null;
      }
    }
  }

  /** Where another fence of this process has the lock, tries to have it, since that one may go. */
  @Override
  public synchronized boolean isHeld() {
    try {
      return isOwn ? connection.isValid(PATIENCE_SECONDS) : acquire();
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      return; // the server ends the session, and has perhaps done so already
    }
  }
}
