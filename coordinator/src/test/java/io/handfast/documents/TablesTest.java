package io.handfast.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.database.DatabaseSession;
import io.handfast.database.DatabaseSettings;
import io.handfast.database.JdbcDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A DBA who follows the page gets the tables that Handfast would create. */
class TablesTest {

  private static final Document PAGE = Document.at("docs/operating/tables.md");
  private static final String USER = "sa";

  private static final String COLUMNS =
      "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable"
          + " FROM information_schema.columns WHERE table_schema = 'PUBLIC'"
          + " ORDER BY table_name, ordinal_position";

  private static final String KEYS =
      "SELECT table_name, column_name FROM information_schema.key_column_usage"
          + " WHERE table_schema = 'PUBLIC' ORDER BY table_name, ordinal_position";

  @TempDir Path directory;

  @Test
  void theDdlIsWhatHandfastCreates() throws SQLException {
    String created = "jdbc:h2:" + directory.resolve("created");
    String documented = "jdbc:h2:" + directory.resolve("documented");
    JdbcDatabase byHandfast = database(created);
    JdbcDatabase byHand = database(documented);
    Set<String> ddl = PAGE.found("^(CREATE TABLE \\w+ \\((?:\\n  .*)+\\n\\));$");
    assertThat(ddl).hasSize(4);

    byHandfast.createMarker();
    byHandfast.createInbox();
    byHandfast.createDeadLetters();
    for (String table : ddl) {
      byHand.define(table, Duration.ofSeconds(10));
    }

    assertThat(rows(documented, COLUMNS)).hasSize(34).isEqualTo(rows(created, COLUMNS));
    assertThat(rows(documented, KEYS)).hasSize(6).isEqualTo(rows(created, KEYS));
    byHand.createMarker(); // which finds them usable
    byHand.createInbox();
    byHand.createDeadLetters();
  }

  @Test
  void deadLettersOfNoTableAreNoneAndMakeNone() throws SQLException {
    JdbcDatabase database = database("jdbc:h2:" + directory.resolve("empty"));

    try (DatabaseSession session = database.openLocal()) {
      assertThat(session.deadLetters().count("orders")).isZero();
      assertThat(session.deadLetters().list("orders", 10)).isEmpty();
      assertThat(session.deadLetters().find("orders", "0000000000000001")).isEmpty();
    }
    assertThat(database.tables("HANDFAST")).isEmpty();
  }

  private static JdbcDatabase database(String url) {
    return new JdbcDatabase("default", new DatabaseSettings(url, USER, ""));
  }

  private static List<String> rows(String url, String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url, USER, "");
        Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(sql)) {
      while (found.next()) {
        List<String> cells = new ArrayList<>();
        for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
          cells.add(String.valueOf(found.getString(i)));
        }
        rows.add(String.join(" ", cells));
      }
    }
    return rows;
  }
}
