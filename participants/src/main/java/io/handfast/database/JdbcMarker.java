package io.handfast.database;

import io.handfast.concurrent.Scheduling;
import io.handfast.database.StatementRunner.Tail;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The marker in two tables of the database: one row for each slot, and one with the identity. */
final class JdbcMarker implements Marker {

  static final String NAME = "handfast_marker";
  private static final String IDENTITY = "handfast_marker_table";

  private static final String COLUMNS =
      "(namespace VARCHAR(64) NOT NULL, delivery VARCHAR(64) NOT NULL, slot VARCHAR(128) NOT NULL UNIQUE,"
          + " slot_id VARCHAR(16) NOT NULL, committed BIGINT NOT NULL, unit VARCHAR(64) NOT NULL,"
          + " position BIGINT, term BIGINT NOT NULL, owner VARCHAR(64) NOT NULL,"
          + " attempts INTEGER NOT NULL, updated_at TIMESTAMP WITH TIME ZONE NOT NULL,"
          + " topic VARCHAR(255), consumer_group VARCHAR(255), epoch INTEGER, failing BIGINT,"
          + " PRIMARY KEY (slot_id))";

  private static final String IDENTITY_COLUMNS =
      "(only_row INTEGER NOT NULL PRIMARY KEY, identity VARCHAR(16) NOT NULL,"
          + " origin VARCHAR(64))";

  private static final String INSERT_IDENTITY =
      "INSERT INTO %1$s(only_row, identity, origin) SELECT 1, '%2$s', '%3$s'"
          + " WHERE NOT EXISTS (SELECT 1 FROM %1$s)";

  private static final String INSERT =
      "INSERT INTO %s(namespace, delivery, slot, slot_id, committed, unit, term, owner, attempts,"
          + " updated_at) VALUES (?, ?, ?, ?, 0, '', 0, ?, 0, CURRENT_TIMESTAMP)";

  private static final String WRITE =
      "UPDATE %s SET unit = ?, committed = committed + 1, updated_at = CURRENT_TIMESTAMP"
          + " WHERE slot_id = ? AND term = 0 AND unit = ?";

  private static final String RAISE =
      "UPDATE %s SET term = term + 1, updated_at = CURRENT_TIMESTAMP WHERE slot_id = ?";

  private static final String READ = "SELECT committed, unit, term FROM %s WHERE slot_id = ?";

  private static final String REMOVE = "DELETE FROM %s WHERE slot_id = ? AND term = 0 AND unit = ?";

  private static final String IDLE =
      "SELECT slot_id FROM %s WHERE namespace = ? AND updated_at < CURRENT_TIMESTAMP - INTERVAL"
          + " '24' HOUR AND (term > 0) = ? ORDER BY updated_at FETCH FIRST 500 ROWS ONLY";

  private static final String REMOVE_TAKEN = "DELETE FROM %s WHERE slot_id = ? AND term > 0";

  private static final String FIND =
      "SELECT slot_id, owner, committed, term FROM %s WHERE slot = ?";

  private static final int LONGEST_NAME = 64;

  private final JdbcSession session;
  private @Nullable PreparedStatement write;
  private @Nullable Announced announced;
  private @Nullable Boolean carried;

  /** A unit that is to be written. */
  private record Announced(Slot slot, String previous, String unit) {}

  JdbcMarker(JdbcSession session) {
    this.session = session;
  }

  /**
   * Creates the tables where they are not there yet, and sees that they can be used.
   *
   * @throws SQLException they cannot, by {@link Dialect#isForbidden} also for lack of a right
   */
  static void create(JdbcDatabase database) throws SQLException {
    String table = database.settings().qualified(NAME);
    String identity = database.settings().qualified(IDENTITY);
    JdbcTables.create(
        database,
        table,
        COLUMNS,
        "SELECT namespace, delivery, slot, slot_id, committed, unit, position, term, owner,"
            + " attempts, updated_at, topic, consumer_group, epoch, failing FROM "
            + table
            + " WHERE 1 = 0",
        "UPDATE " + table + " SET term = term WHERE 1 = 0",
        "DELETE FROM " + table + " WHERE 1 = 0",
        "INSERT INTO "
            + table
            + "(namespace, delivery, slot, slot_id, committed, unit, term, owner, attempts, updated_at)"
            + " SELECT 'x', 'x', 'x', 'x', 0, 'x', 0, 'x', 0, CURRENT_TIMESTAMP WHERE 1 = 0");
    JdbcTables.create(
        database,
        identity,
        IDENTITY_COLUMNS,
        INSERT_IDENTITY.formatted(identity, random(), identityOf(database)),
        "SELECT only_row, identity, origin FROM " + identity + " WHERE 1 = 0");
  }

  private static String identityOf(JdbcDatabase database) throws SQLException {
    try (JdbcSession session = database.openLocal()) {
      return session.dialect().identity(session.jdbc());
    }
  }

  /** Where the tables were made; empty where they are not there, or may not be read. */
  static Optional<Origin> origin(JdbcDatabase database) throws SQLException {
    String table = database.settings().qualified(IDENTITY);
    try (JdbcSession session = database.openLocal()) {
      if (!JdbcTables.has(session, IDENTITY)) {
        return Optional.empty();
      }
      String present = session.dialect().identity(session.jdbc());
      try (Statement statement = session.jdbc().createStatement();
          ResultSet row = statement.executeQuery("SELECT origin FROM " + table)) {
        return row.next()
            ? Optional.of(new Origin(Objects.requireNonNullElse(row.getString(1), ""), present))
            : Optional.empty();
      }
    } catch (SQLException e) {
      if (database.isForbidden(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** 16 hexadecimal digits. */
  static String random() {
    return HexFormat.of().toHexDigits(Scheduling.random(Long.MAX_VALUE));
  }

  @Override
  public Optional<String> table() throws SQLException {
    return JdbcTables.has(session, IDENTITY) ? identity() : Optional.empty();
  }

  /** The identity in its table, which is there; empty where that has no row. */
  private Optional<String> identity() throws SQLException {
    try (Statement statement = session.jdbc().createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT identity FROM " + session.settings().qualified(IDENTITY))) {
      return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
    }
  }

  @Override
  public Slot open(Place place, Duration longest) throws SQLException, NameTakenException {
    Connection connection = session.jdbc();
    for (String setting : session.dialect().ofMarkedUnits(longest)) {
      execute(setting);
    }
    String table =
        identity().orElseThrow(() -> new SQLException("the table " + IDENTITY + " has no row"));
    Slot slot = new Slot(table, random());
    try (PreparedStatement insert = connection.prepareStatement(sql(INSERT))) {
      insert.setString(1, cut(place.namespace()));
      insert.setString(2, cut(place.delivery()));
      insert.setString(3, place.name().isEmpty() ? slot.id() : place.name());
      insert.setString(4, slot.id());
      insert.setString(5, cut(place.owner()));
      insert.executeUpdate();
    } catch (SQLException e) {
      session.rollback();
      if (!place.name().isEmpty() && find(place.name()).isPresent()) {
        throw new NameTakenException(place.name(), e);
      }
      throw e;
    }
    session.commit();
    return slot;
  }

  /** As much of a name as its column keeps. */
  static String cut(String name) {
    return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME);
  }

  @Override
  public void announce(Slot slot, String previous, String unit) {
    announced = new Announced(slot, previous, unit);
    carried = null;
  }

  /** What statements have taken along is rolled back with them: it is written by itself now. */
  void undone() {
    announced = null;
    carried = null;
  }

  /** Writes what is announced, behind the statements of a script. */
  Tail tail() {
    Announced next = announced;
    if (next == null || carried != null) {
      return Tail.NONE;
    }
    return new Tail() {

      @Override
      public List<String> commands() {
        return List.of(JdbcMarker.this.sql(WRITE));
      }

      @Override
      public int bind(PreparedStatement to, int placeholder) throws SQLException {
        to.setString(placeholder, next.unit());
        to.setString(placeholder + 1, next.slot().id());
        to.setString(placeholder + 2, next.previous());
        return placeholder + 3;
      }

      @Override
      public void done(List<Integer> counts) {
        carried = counts.get(0) == 1;
      }
    };
  }

  @Override
  public boolean write(Slot slot, String previous, String unit)
      throws SQLException, TransactionLeftException {
    Boolean isWritten = carried;
    boolean isAnnounced = new Announced(slot, previous, unit).equals(announced);
    announced = null;
    carried = null;
    session.leaveSavepoint();
    if (isWritten != null && isAnnounced) {
      return isWritten;
    }
    PreparedStatement update = write;
    if (update == null) {
      update = session.jdbc().prepareStatement(sql(WRITE));
      write = update;
    }
    update.setString(1, unit);
    update.setString(2, slot.id());
    update.setString(3, previous);
    try {
      return update.executeUpdate() == 1;
    } catch (SQLException e) {
      if (session.dialect().isConflict(e)) { // such as "could not serialize" where the row changed
        return false;
      }
      throw e;
    }
  }

  @Override
  public Optional<Row> takeOver(String slot) throws SQLException {
    for (String setting : session.dialect().ofTakeOver()) {
      execute(setting);
    }
    boolean isThere;
    try (PreparedStatement raise = session.jdbc().prepareStatement(sql(RAISE))) {
      raise.setString(1, slot);
      isThere = raise.executeUpdate() == 1;
    }
    Optional<Row> row = isThere ? Optional.of(read(slot)) : Optional.empty();
    session.commit();
    return row;
  }

  private Row read(String slot) throws SQLException {
    try (PreparedStatement select = session.jdbc().prepareStatement(sql(READ))) {
      select.setString(1, slot);
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("the row of slot " + slot + " was there and is not");
        }
        return new Row(row.getLong(1), row.getString(2), row.getLong(3) > 1);
      }
    }
  }

  @Override
  public Optional<Found> find(String name) throws SQLException {
    if (table().isEmpty()) {
      return Optional.empty();
    }
    try (PreparedStatement select = session.jdbc().prepareStatement(sql(FIND))) {
      select.setString(1, name);
      try (ResultSet row = select.executeQuery()) {
        return row.next()
            ? Optional.of(
                new Found(row.getString(1), row.getString(2), row.getLong(3), row.getLong(4) > 0))
            : Optional.empty();
      }
    } finally {
      session.commit();
    }
  }

  @Override
  public List<String> idle(String namespace, boolean isTakenOver) throws SQLException {
    List<String> slots = new ArrayList<>();
    try (PreparedStatement select = session.jdbc().prepareStatement(sql(IDLE))) {
      select.setString(1, cut(namespace));
      select.setBoolean(2, isTakenOver);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          slots.add(rows.getString(1));
        }
      }
    }
    session.commit();
    return slots;
  }

  @Override
  public void remove(String slot) throws SQLException {
    try (PreparedStatement remove = session.jdbc().prepareStatement(sql(REMOVE_TAKEN))) {
      remove.setString(1, slot);
      remove.executeUpdate();
    }
    session.commit();
  }

  @Override
  public void close(Slot slot, String unit) throws SQLException {
    try (PreparedStatement remove = session.jdbc().prepareStatement(sql(REMOVE))) {
      remove.setString(1, slot.id());
      remove.setString(2, unit);
      remove.executeUpdate();
    }
    session.commit();
  }

  private String sql(String template) {
    return template.formatted(session.settings().qualified(NAME));
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = session.jdbc().createStatement()) {
      statement.execute(sql);
    }
  }
}
