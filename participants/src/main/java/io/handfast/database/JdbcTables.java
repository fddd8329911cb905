package io.handfast.database;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Creates Handfast's own tables, and looks which are there. */
final class JdbcTables {

  /** The class of SQLSTATE for rows that a constraint forbids, such as that of a key. */
  private static final String NOT_UNIQUE = "23";

  private JdbcTables() {}

  /**
   * Creates a table where it is not there yet, and runs what shows that it can be used.
   *
   * @param columns with their parentheses
   * @param uses statements, of which one that is refused says why the table cannot be used
   */
  static void create(JdbcDatabase database, String table, String columns, String... uses)
      throws SQLException {
    SQLException refused = null;
    try {
      execute(database, "CREATE TABLE IF NOT EXISTS " + table + columns);
    } catch (SQLException e) {
      refused = e; // it may be there: by another node at this moment, or made for this user
    }
    try {
      executeBesideOthers(database, uses);
    } catch (SQLException e) {
      if (refused != null) {
        refused.setNextException(e);
        throw refused;
      }
      throw e;
    }
  }

  /** Once more where another has inserted the row at this moment that one of them inserts. */
  private static void executeBesideOthers(JdbcDatabase database, String... statements)
      throws SQLException {
    try {
      execute(database, statements);
    } catch (SQLException e) {
      if (e.getSQLState() == null || !e.getSQLState().startsWith(NOT_UNIQUE)) {
        throw e;
      }
      execute(database, statements);
    }
  }

  /**
   * Changes a table of an earlier version where it lacks something, and runs what shows that it can
   * be used.
   *
   * @param changes statements that its owner may run
   * @param uses statements, of which one that is refused says why the table cannot be used
   * @throws SQLException it cannot; with what its owner has to run, where that is missing
   */
  static void upgrade(JdbcDatabase database, List<String> changes, String... uses)
      throws SQLException {
    if (refusal(database, uses) == null) {
      return;
    }
    SQLException refused = null;
    for (String change : changes) { // each waits two seconds for units, which would wait behind it
      List<String> statements = new ArrayList<>(database.dialect().ofTakeOver());
      statements.add(change);
      SQLException failure = refusal(database, statements.toArray(String[]::new));
      refused = failure == null ? refused : failure;
    }
    SQLException unusable = refusal(database, uses);
    // A right that is missing on a table that has all is said as it is.
    if (unusable != null && refused != null && !database.isForbidden(unusable)) {
      throw new SQLException(
          "%s; its owner has to run: %s"
              .formatted(refused.getMessage(), String.join("; ", changes)),
          refused.getSQLState(),
          refused);
    }
    if (unusable != null) {
      throw unusable;
    }
  }

  /** Why statements cannot be run, or null where they were. */
  private static @Nullable SQLException refusal(JdbcDatabase database, String... statements) {
    try {
      execute(database, statements);
      return null;
    } catch (SQLException e) {
      return e;
    }
  }

  /** Whether a table of Handfast's can be seen, where the settings say that they are. */
  static boolean has(JdbcSession session, String table) throws SQLException {
    boolean isUpperCase = session.jdbc().getMetaData().storesUpperCaseIdentifiers();
    String stored = isUpperCase ? table.toUpperCase(Locale.ROOT) : table;
    return names(session, session.settings().schema(), stored).contains(stored);
  }

  /** Whether a table of Handfast's that can be seen has a column. */
  static boolean hasColumn(JdbcSession session, String table, String column) throws SQLException {
    DatabaseMetaData metaData = session.jdbc().getMetaData();
    String schema = session.settings().schema();
    String in = schema == null ? session.jdbc().getSchema() : schema;
    boolean isUpperCase = metaData.storesUpperCaseIdentifiers();
    try (ResultSet columns =
        metaData.getColumns(
            session.jdbc().getCatalog(),
            in,
            isUpperCase ? table.toUpperCase(Locale.ROOT) : table,
            isUpperCase ? column.toUpperCase(Locale.ROOT) : column)) {
      return columns.next();
    }
  }

  /**
   * The tables that can be seen.
   *
   * @param schema null for the one that is searched first
   * @param prefix how their names begin
   */
  static List<String> names(JdbcSession session, @Nullable String schema, String prefix)
      throws SQLException {
    Connection connection = session.jdbc();
    DatabaseMetaData metaData = connection.getMetaData();
    String in = schema == null ? connection.getSchema() : schema;
    List<String> names = new ArrayList<>();
    try (ResultSet tables = metaData.getTables(connection.getCatalog(), in, prefix + "%", null)) {
      while (tables.next()) {
        String name = tables.getString("TABLE_NAME");
        if (name.startsWith(prefix)) { // in the pattern above, an underscore is any character
          names.add(name);
        }
      }
    }
    return names;
  }

  private static void execute(JdbcDatabase database, String... statements) throws SQLException {
    try (JdbcSession session = database.openLocal();
        Statement statement = session.jdbc().createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
      session.commit();
    }
  }
}
