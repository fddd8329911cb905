package io.handfast.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** An inbox in a table of the database. */
final class JdbcInbox implements Inbox {

  private static final String NAME = "handfast_inbox";

  /** What the table of the first release has not. */
  private static final String GONE = "gone_at TIMESTAMP WITH TIME ZONE";

  private static final String COLUMNS =
      "(delivery VARCHAR(64) NOT NULL, message_id VARCHAR(512) NOT NULL, "
          + GONE
          + ", PRIMARY KEY (delivery, message_id))";

  /** Those whose messages may come again: of all others {@link #expire} takes care. */
  private static final String MAY_COME_AGAIN =
      " AND (gone_at IS NULL OR gone_at > CURRENT_TIMESTAMP)";

  private static final String OF_AN_ID = " WHERE delivery = ? AND message_id = ?";

  private final JdbcSession session;
  private final String delivery;

  JdbcInbox(JdbcSession session, String delivery) {
    this.session = session;
    this.delivery = delivery;
  }

  /**
   * Creates the inbox's table where it is not there yet, adds to one of the first release what it
   * has not, and sees that it can be used.
   *
   * @throws SQLException it cannot, by {@link Dialect#classify} also for lack of a right
   */
  static void create(JdbcDatabase database) throws SQLException {
    String table = database.settings().qualified(NAME);
    List<String> indexes = database.dialect().indexesOfGone(table);
    String[] uses = {
      "SELECT delivery, message_id, gone_at FROM " + table + " WHERE 1 = 0",
      "DELETE FROM " + table + " WHERE 1 = 0",
      "INSERT INTO " + table + "(delivery, message_id) SELECT 'x', 'x' WHERE 1 = 0"
    };
    List<String> changes = new ArrayList<>();
    try (JdbcSession session = database.openLocal()) {
      changes.add(
          JdbcTables.has(session, NAME)
              ? "ALTER TABLE %s ADD COLUMN %s".formatted(table, GONE)
              : "CREATE TABLE IF NOT EXISTS " + table + COLUMNS);
    }
    changes.addAll(indexes);
    JdbcTables.upgrade(database, changes, uses);
  }

  /** The ids of a delivery whose messages may come again; none where there is no inbox yet. */
  static Set<String> leftovers(JdbcDatabase database, String delivery) throws SQLException {
    try (JdbcSession session = database.openLocal()) {
      if (!JdbcTables.has(session, NAME)) {
        return Set.of();
      }
      JdbcInbox inbox = new JdbcInbox(session, delivery);
      boolean isOfFirstRelease = !JdbcTables.hasColumn(session, NAME, "gone_at");
      return inbox.ids(isOfFirstRelease ? "" : MAY_COME_AGAIN);
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
  public Set<String> record(Collection<String> ids, Terms terms)
      throws SQLException, LateException {
    Set<String> known = session.dialect().record(this, new TreeSet<>(ids), terms);
    Instant before = terms.before();
    // What was not inserted was there, or came too late: then it is too late now as well.
    if (before != null && !known.isEmpty() && !now().isBefore(before)) {
      throw new LateException(before);
    }
    return known;
  }

  /** Two units with the same id: the second one's insert fails, and its unit comes again. */
  Set<String> recordOneByOne(Set<String> ids, Terms terms) throws SQLException {
    Set<String> known = known(ids);
    List<String> fresh = ids.stream().filter(id -> !known.contains(id)).toList();
    try (PreparedStatement insert = connection().prepareStatement(insertion("?", "", terms))) {
      for (String id : fresh) {
        insert.setString(1, delivery);
        insert.setString(2, id);
        bindBefore(insert, bindGone(insert, 3, terms), terms);
        insert.addBatch();
      }
      int[] counts = insert.executeBatch();
      for (int i = 0; i < counts.length; i++) {
        if (counts[i] == 0) {
          known.add(fresh.get(i));
        }
      }
    }
    return known;
  }

  /**
   * What inserts ids under terms.
   *
   * @param id the expression of an id
   * @param from where ids come from, if the expression needs it
   */
  String insertion(String id, String from, Terms terms) {
    boolean isBounded = terms.gone() != null;
    return "INSERT INTO %s(delivery, message_id%s) SELECT ?, %s%s%s%s"
        .formatted(
            table(),
            isBounded ? ", gone_at" : "",
            id,
            isBounded ? ", " + session.dialect().later("?") : "",
            from,
            terms.before() == null ? "" : " WHERE " + session.dialect().now() + " < ?");
  }

  /** Binds what {@link #insertion} asks for after an id; returns the number that comes next. */
  static int bindGone(PreparedStatement insert, int next, Terms terms) throws SQLException {
    Duration gone = terms.gone();
    if (gone == null) {
      return next;
    }
    insert.setLong(next, gone.toSeconds());
    return next + 1;
  }

  /** Binds what {@link #insertion} asks for at its end. */
  static void bindBefore(PreparedStatement insert, int next, Terms terms) throws SQLException {
    Instant before = terms.before();
    if (before != null) {
      insert.setObject(next, before.atOffset(ZoneOffset.UTC));
    }
  }

  @Override
  public void remove(Collection<String> ids) throws SQLException {
    executeForEach("DELETE FROM %s" + OF_AN_ID, ids, statement -> {});
  }

  /** What a statement has beside the delivery and an id. */
  @FunctionalInterface
  private interface Binding {
    void bind(PreparedStatement statement) throws SQLException;
  }

  /**
   * Executes a statement for each id, in one batch.
   *
   * @param sql with the delivery and the id as its first parameters
   */
  private void executeForEach(String sql, Collection<String> ids, Binding further)
      throws SQLException {
    if (ids.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection().prepareStatement(sql.formatted(table()))) {
      for (String id : new TreeSet<>(ids)) { // in one order, so that no two wait for each other
        statement.setString(1, delivery);
        statement.setString(2, id);
        further.bind(statement);
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  @Override
  public void gone(Collection<String> ids) throws SQLException {
    executeForEach("UPDATE %s SET gone_at = CURRENT_TIMESTAMP" + OF_AN_ID, ids, statement -> {});
  }

  @Override
  public int expire(Instant goneBefore, int max) throws SQLException {
    return session.dialect().expire(this, goneBefore.atOffset(ZoneOffset.UTC), max);
  }

  /** An id that was removed and recorded anew meanwhile is not gone for so long, and stays. */
  int expireOneByOne(OffsetDateTime goneBefore, int max) throws SQLException {
    Set<String> ids;
    try (PreparedStatement select =
        connection()
            .prepareStatement(
                "SELECT message_id FROM %s WHERE delivery = ? AND gone_at < ?"
                    .formatted(table()))) {
      select.setMaxRows(max);
      select.setString(1, delivery);
      select.setObject(2, goneBefore);
      ids = new TreeSet<>(strings(select));
    }
    executeForEach(
        "DELETE FROM %s" + OF_AN_ID + " AND gone_at < ?",
        ids,
        delete -> delete.setObject(3, goneBefore));
    return ids.size();
  }

  @Override
  public Instant now() throws SQLException {
    try (PreparedStatement select =
            connection().prepareStatement("SELECT " + session.dialect().now());
        ResultSet row = select.executeQuery()) {
      if (!row.next()) {
        throw new SQLException("the database does not say what time it is");
      }
      return row.getObject(1, OffsetDateTime.class).toInstant();
    }
  }

  @Override
  public List<String> ids() throws SQLException {
    return List.copyOf(ids(MAY_COME_AGAIN));
  }

  private Set<String> ids(String condition) throws SQLException {
    try (PreparedStatement select =
        connection()
            .prepareStatement(
                "SELECT message_id FROM %s WHERE delivery = ?%s".formatted(table(), condition))) {
      select.setString(1, delivery);
      return strings(select);
    }
  }

  @Override
  public Set<String> known(Collection<String> ids) throws SQLException {
    Set<String> known = new HashSet<>();
    try (PreparedStatement select =
        connection()
            .prepareStatement("SELECT message_id FROM %s".concat(OF_AN_ID).formatted(table()))) {
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
