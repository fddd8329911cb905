package io.handfast.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The prepared statements of one connection, the least used closed first. */
final class StatementCache {

  /** Several deliveries share no session, so a handful of statements in their batch sizes. */
  private static final int CAPACITY = 64;

  private final Connection connection;
  private final Map<Script, PreparedStatement> prepared = new LinkedHashMap<>(16, 0.75f, true);

  StatementCache(Connection connection) {
    this.connection = connection;
  }

  /**
   * The statements one after the other, as many times over as there are copies.
   *
   * @param before SQL without parameters that comes first
   * @param after SQL without parameters that comes last
   */
  record Script(
      List<String> before, List<StatementTemplate> statements, int copies, List<String> after) {

    Script(List<StatementTemplate> statements, int copies) {
      this(List.of(), statements, copies, List.of());
    }

    /** A semicolon on a line of its own, since a statement may end in a line comment. */
    String jdbcSql() {
      List<String> parts = new ArrayList<>(before);
      for (int copy = 0; copy < copies; copy++) {
        statements.forEach(statement -> parts.add(statement.jdbcSql()));
      }
      parts.addAll(after);
      return String.join("\n;\n", parts);
    }
  }

  PreparedStatement prepare(Script script) throws SQLException {
    PreparedStatement statement = prepared.get(script);
    if (statement == null) {
      statement = connection.prepareStatement(script.jdbcSql());
      prepared.put(script, statement);
      if (prepared.size() > CAPACITY) {
        evictEldest();
      }
    }
    return statement;
  }

  private void evictEldest() throws SQLException {
    var eldest = prepared.entrySet().iterator();
    PreparedStatement statement = eldest.next().getValue();
    eldest.remove();
    statement.close();
  }
}
