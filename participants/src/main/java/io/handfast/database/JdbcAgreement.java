package io.handfast.database;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** The row of {@code handfast_marker} by which nodes agree on the protocol of a delivery. */
final class JdbcAgreement {

  private static final String PREFIX = "protocol/";

  private static final String RENEW =
      "UPDATE %s SET unit = ?, owner = ?, updated_at = CURRENT_TIMESTAMP WHERE slot = ?"
          + " AND (unit = ? OR owner = ?"
          + " OR updated_at < CURRENT_TIMESTAMP - INTERVAL '%d' SECOND)";

  private static final String INSERT =
      "INSERT INTO %1$s(namespace, delivery, slot, slot_id, committed, unit, term, owner, attempts,"
          + " updated_at) SELECT '', ?, ?, ?, 0, ?, 0, ?, 0, CURRENT_TIMESTAMP"
          + " WHERE NOT EXISTS (SELECT 1 FROM %1$s WHERE slot = ?)";

  private static final String REMOVE = "DELETE FROM %s WHERE slot = ? AND owner = ?";

  private static final String READ = "SELECT delivery, unit, owner FROM %s WHERE slot = ?";

  private final JdbcSession session;
  private final String table;
  private final Marker.Agreement mine;
  private final String slot;

  private JdbcAgreement(JdbcSession session, Marker.Agreement mine) {
    this.session = session;
    this.table = session.settings().qualified(JdbcMarker.NAME);
    this.mine = mine;
    this.slot = PREFIX + mine.delivery();
  }

  /** As {@link Database#agree} says. */
  static Optional<Marker.Agreement> agree(
      JdbcDatabase database, Marker.Agreement mine, Duration forgotten) throws SQLException {
    try (JdbcSession session = database.openLocal()) {
      return JdbcTables.has(session, JdbcMarker.NAME)
          ? new JdbcAgreement(session, mine).agree(forgotten)
          : Optional.empty();
    } catch (SQLException e) {
      if (database.isForbidden(e)) {
        return Optional.empty(); // this user's deliveries are none that use the table
      }
      throw e;
    }
  }

  /** As {@link Database#withdraw} says; where a row was noted the table is there. */
  static void withdraw(JdbcDatabase database, Marker.Agreement mine) throws SQLException {
    try (JdbcSession session = database.openLocal()) {
      if (JdbcTables.has(session, JdbcMarker.NAME)) {
        new JdbcAgreement(session, mine).remove();
      }
    }
  }

  private void remove() throws SQLException {
    try (PreparedStatement remove = session.jdbc().prepareStatement(REMOVE.formatted(table))) {
      remove.setString(1, slot);
      remove.setString(2, JdbcMarker.cut(mine.owner()));
      remove.executeUpdate();
    }
    session.commit();
  }

  private Optional<Marker.Agreement> agree(Duration forgotten) throws SQLException {
    return renewed(forgotten) || inserted()
        ? Optional.empty()
        : read().filter(other -> !isLike(other)); // else inserted by another thread just now
  }

  private boolean isLike(Marker.Agreement other) {
    return other.protocol().equals(mine.protocol())
        || other.owner().equals(JdbcMarker.cut(mine.owner()));
  }

  private Optional<Marker.Agreement> read() throws SQLException {
    try (PreparedStatement read = session.jdbc().prepareStatement(READ.formatted(table))) {
      read.setString(1, slot);
      try (ResultSet row = read.executeQuery()) {
        return row.next()
            ? Optional.of(
                new Marker.Agreement(row.getString(1), row.getString(2), row.getString(3)))
            : Optional.empty(); // removed by hand at this moment: noted the next time
      }
    } finally {
      session.commit();
    }
  }

  private boolean renewed(Duration forgotten) throws SQLException {
    String sql = RENEW.formatted(table, forgotten.toSeconds());
    try (PreparedStatement renew = session.jdbc().prepareStatement(sql)) {
      renew.setString(1, mine.protocol());
      renew.setString(2, JdbcMarker.cut(mine.owner()));
      renew.setString(3, slot);
      renew.setString(4, mine.protocol());
      renew.setString(5, JdbcMarker.cut(mine.owner()));
      boolean isRenewed = renew.executeUpdate() == 1;
      session.commit();
      return isRenewed;
    }
  }

  /** False where there is a row, which another node may have inserted at this moment. */
  private boolean inserted() throws SQLException {
    try (PreparedStatement insert = session.jdbc().prepareStatement(INSERT.formatted(table))) {
      insert.setString(1, JdbcMarker.cut(mine.delivery()));
      insert.setString(2, slot);
      insert.setString(3, JdbcMarker.random());
      insert.setString(4, mine.protocol());
      insert.setString(5, JdbcMarker.cut(mine.owner()));
      insert.setString(6, slot);
      boolean isInserted = insert.executeUpdate() == 1;
      session.commit();
      return isInserted;
    } catch (SQLException e) {
      session.rollback();
      if (read().isEmpty()) {
        throw e;
      }
      return false;
    }
  }
}
