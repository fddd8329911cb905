package io.handfast.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** An inbox in a table of the database. */
final class JdbcInbox implements Inbox {

  private static final String NAME = "handfast_inbox";

  private static final String COLUMNS =
      "(delivery VARCHAR(64) NOT NULL, message_id VARCHAR(512) NOT NULL,"
          + " PRIMARY KEY (delivery, message_id))";

  private final JdbcSession session;
  private final String delivery;

  JdbcInbox(JdbcSession session, String delivery) {
    this.session = session;
    this.delivery = delivery;
  }

  /**
   * Creates the inbox's table where it is not there yet, and sees that it can be used.
   *
   * @throws SQLException it cannot, by {@link Dialect#classify} also for lack of a right
   */
  static void create(JdbcDatabase database) throws SQLException {
    String table = database.settings().qualified(NAME);
    JdbcTables.create(
        database,
        table,
        COLUMNS,
        "SELECT delivery, message_id FROM " + table + " WHERE 1 = 0",
        "DELETE FROM " + table + " WHERE 1 = 0",
        "INSERT INTO " + table + " SELECT 'x', 'x' WHERE 1 = 0");
  }

  /** The ids that are in the inbox of a delivery; none where there is no inbox yet. */
  static Set<String> leftovers(JdbcDatabase database, String delivery) throws SQLException {
    try (JdbcSession session = database.openLocal()) {
      if (!JdbcTables.has(session, NAME)) {
        return Set.of();
      }
      return Set.copyOf(new JdbcInbox(session, delivery).ids());
    }
  }

  /** Removes all ids of the deliveries whose names begin in this way. */
  static void removeAll(JdbcDatabase database, String deliveries) throws SQLException {
    try (JdbcSession session = database.openLocal()) {
      if (JdbcTables.has(session, NAME)) {
        try (PreparedStatement delete =
            session
                .jdbc()
                .prepareStatement(
                    "DELETE FROM %s WHERE SUBSTRING(delivery, 1, ?) = ?"
                        .formatted(session.settings().qualified(NAME)))) {
          delete.setInt(1, deliveries.length());
          delete.setString(2, deliveries);
          delete.executeUpdate();
        }
        session.commit();
      }
    }
  }

  @Override
  public Set<String> record(Collection<String> ids) throws SQLException {
    return session.dialect().record(this, new TreeSet<>(ids));
  }

  /** Two units with the same id: the second one's insert fails, and its unit comes again. */
  Set<String> recordOneByOne(Set<String> ids) throws SQLException {
    Set<String> known = known(ids);
    try (PreparedStatement insert =
        connection()
            .prepareStatement(
                "INSERT INTO %s(delivery, message_id) VALUES (?, ?)"
                    .formatted(session.settings().qualified(NAME)))) {
      for (String id : ids) {
        if (!known.contains(id)) {
          insert.setString(1, delivery);
          insert.setString(2, id);
          insert.addBatch();
        }
      }
      insert.executeBatch();
    }
    return known;
  }

  @Override
  public void remove(Collection<String> ids) throws SQLException {
    if (ids.isEmpty()) {
      return;
    }
    try (PreparedStatement delete =
        connection()
            .prepareStatement(
                "DELETE FROM %s WHERE delivery = ? AND message_id = ?"
                    .formatted(session.settings().qualified(NAME)))) {
      for (String id : ids) {
        delete.setString(1, delivery);
        delete.setString(2, id);
        delete.addBatch();
      }
      delete.executeBatch();
    }
  }

  @Override
  public List<String> ids() throws SQLException {
    try (PreparedStatement select =
        connection()
            .prepareStatement(
                "SELECT message_id FROM %s WHERE delivery = ?"
                    .formatted(session.settings().qualified(NAME)))) {
      select.setString(1, delivery);
      return List.copyOf(strings(select));
    }
  }

  @Override
  public Set<String> known(Collection<String> ids) throws SQLException {
    Set<String> known = new HashSet<>();
    try (PreparedStatement select =
        connection()
            .prepareStatement(
                "SELECT message_id FROM %s WHERE delivery = ? AND message_id = ?"
                    .formatted(session.settings().qualified(NAME)))) {
      for (String id : ids) {
        select.setString(1, delivery);
        select.setString(2, id);
        known.addAll(strings(select));
      }
    }
    return known;
  }

  String delivery() {
    return delivery;
  }

  String table() {
    return session.settings().qualified(NAME);
  }

  Connection connection() {
    return session.jdbc();
  }

  static Set<String> strings(PreparedStatement query) throws SQLException {
    Set<String> strings = new HashSet<>();
    try (ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        strings.add(rows.getString(1));
      }
    }
    return strings;
  }
}
