package io.handfast.database;

import java.sql.SQLException;
import java.sql.Statement;

/** Creates Handfast's own tables. */
final class JdbcTables {

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
      execute(database, uses);
    } catch (SQLException e) {
      if (refused != null) {
        refused.setNextException(e);
        throw refused;
      }
      throw e;
    }
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
