package io.handfast.database;

import io.handfast.participant.PlainXid;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.transaction.xa.Xid;

/** Units of work, as short as tests want to write them. */
final class Units {

  private Units() {}

  static Xid branch(String transaction) {
    return new PlainXid(
        0x4846,
        transaction.getBytes(StandardCharsets.UTF_8),
        "node|database".getBytes(StandardCharsets.UTF_8));
  }

  static List<StatementTemplate> statements(String... sql) throws InvalidStatementException {
    List<StatementTemplate> statements = new ArrayList<>();
    for (String one : sql) {
      statements.add(StatementTemplate.parse(one));
    }
    return statements;
  }

  static List<JsonValues> messages(String... bodies) {
    return Stream.of(bodies).map(body -> new JsonValues("id-1", body, header -> null)).toList();
  }

  /** The first column of a query on a connection of its own, as text, joined by commas. */
  static String query(JdbcDatabase database, String sql) throws SQLException {
    try (Connection connection = database.dialect().openLocal(database.settings());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return String.join(",", values);
    }
  }

  static void run(JdbcDatabase database, String... sql) throws SQLException {
    try (Connection connection = database.dialect().openLocal(database.settings());
        Statement statement = connection.createStatement()) {
      for (String one : sql) {
        statement.execute(one);
      }
      connection.commit();
    }
  }
}
