package io.handfast.it.harness;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A database as any client from outside sees it; each call has a connection of its own.
 *
 * <p>That is for H2's sake: a connection that outlives the coordinator would take its place as the
 * server of the database file. For the same reason an embedded database may only be asked while its
 * coordinator runs.
 */
public record Database(String url, String username, String password) {

  /** The database that an embedded run keeps in its data directory. */
  static Database embedded(Path dataDirectory) {
    String file = dataDirectory.toAbsolutePath().resolve("handfast").toString();
    return new Database("jdbc:h2:" + file + ";AUTO_SERVER=TRUE;IFEXISTS=TRUE", "sa", "");
  }

  /** Makes the database that an embedded run will keep there, before its first start. */
  static void createEmbedded(Path dataDirectory, String statement) {
    String file = dataDirectory.toAbsolutePath().resolve("handfast").toString();
    try {
      new Database("jdbc:h2:" + file, "sa", "").execute(statement);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The same by a way that leads to its server (PostgreSQL). */
  public Database through(TcpProxy proxy) {
    return new Database(url.replaceFirst(":\\d+/", ":" + proxy.port() + "/"), username, password);
  }

  /** Runs a statement in each of these branches, which stay prepared (PostgreSQL). */
  public void prepare(String statement, List<BranchId> branches) throws SQLException {
    List<String> statements = new ArrayList<>();
    for (BranchId branch : branches) {
      statements.addAll(List.of("BEGIN", statement, "PREPARE TRANSACTION '" + branch.gid() + "'"));
    }
    execute(statements.toArray(String[]::new));
  }

  public void execute(String... statements) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The first column of what the query finds. */
  public List<String> values(String query) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    }
  }

  public long number(String query) throws SQLException {
    return Long.parseLong(values(query).get(0));
  }

  /**
   * The global ids of the transactions that have a branch here which waits, prepared, to be ended.
   */
  public Set<String> preparedTransactions() throws SQLException {
    if (isH2()) {
      return Set.copyOf(values("SELECT TRANSACTION_NAME FROM INFORMATION_SCHEMA.IN_DOUBT"));
    }
    String here = "SELECT gid FROM pg_prepared_xacts WHERE database = current_database()";
    return values(here).stream().map(Database::globalId).collect(Collectors.toSet());
  }

  /** The driver's names of branches are format, global id and branch qualifier. */
  static String globalId(String gid) {
    String[] parts = gid.split("_");
    return parts.length == 3 ? new String(Base64.getDecoder().decode(parts[1])) : gid;
  }

  boolean isH2() {
    return url.startsWith("jdbc:h2:");
  }

  /** A connection that the caller keeps; to PostgreSQL only. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(url, username, password);
  }
}
