package io.handfast.database;

import io.handfast.participant.Fence;
import io.handfast.participant.NodeNameTakenException;
import io.handfast.participant.RecoverySession;
import io.handfast.participant.XaRecoverySession;
import java.sql.Connection;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import javax.sql.XAConnection;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.ds.common.BaseDataSource;
import org.postgresql.xa.PGXADataSource;

/** PostgreSQL. */
final class PostgresDialect extends Dialect {

  /** Has the constraints checked now that would be checked at the end of the transaction. */
  static final String CHECK_DEFERRED = "SET CONSTRAINTS ALL IMMEDIATE";

  static final String SCHEME = "jdbc:postgresql:";

  private static final String TRANSACTION_ABORTED = "25P02";

  /** Classes of SQL states that have nothing to do with the data of a message. */
  private static final Set<String> INFRASTRUCTURE_CLASSES =
      Set.of(
          "08", "0A", "25", "26", "28", "34", "3D", "3F", "40", "42", "53", "55", "57", "58", "F0",
          "XX");

  /**
   * States of class 42 that arise from the type of a value, a number where text should be: unknown
   * operator or function for these types, datatype mismatch, no cast. All others of the class are
   * about tables, columns and privileges.
   */
  private static final Set<String> ABOUT_TYPES =
      Set.of("42804", "42883", "42846", "42725", "42P08", "42P18");

  private static final Set<String> CONFLICTS = Set.of("40001", "40P01", "55P03");

  private static final Set<String> SHUT_DOWN = Set.of("57P01", "57P02", "57P03", "57P04", "57P05");

  @Override
  public String product() {
    return "PostgreSQL";
  }

  @Override
  @Nullable SqlFailure judge(SQLException link) {
    String state = link.getSQLState();
    if (state == null || state.length() != 5 || state.equals(TRANSACTION_ABORTED)) {
      return null;
    }
    boolean infrastructure =
        INFRASTRUCTURE_CLASSES.contains(state.substring(0, 2)) && !ABOUT_TYPES.contains(state);
    return infrastructure ? SqlFailure.INFRASTRUCTURE : SqlFailure.POISON;
  }

  @Override
  boolean isConnectionLost(SQLException link) {
    String state = link.getSQLState();
    return state != null && (state.startsWith("08") || SHUT_DOWN.contains(state));
  }

  @Override
  boolean insertsManyKeys() {
    return true;
  }

  @Override
  boolean isLockConflict(SQLException link) {
    return link.getSQLState() != null && CONFLICTS.contains(link.getSQLState());
  }

  @Override
  Connection openLocal(DatabaseSettings settings) throws SQLException {
    Connection connection = configure(new PGSimpleDataSource(), settings).getConnection();
    connection.setAutoCommit(false);
    return connection;
  }

  @Override
  XaLink openXa(DatabaseSettings settings) throws SQLException {
    XAConnection xa = configure(new PGXADataSource(), settings).getXAConnection();
    try {
      Connection connection = xa.getConnection();
      String identity = PostgresIdentity.of(connection).identity();
      return new XaLink(connection, xa.getXAResource(), identity, xa::close);
    } catch (SQLException | RuntimeException e) {
      xa.close();
      throw e;
    }
  }

  @Override
  RecoverySession openForRecovery(DatabaseSettings settings) throws SQLException {
    XAConnection xa = configure(new PGXADataSource(), settings).getXAConnection();
    try {
      Connection connection = xa.getConnection();
      return new XaRecoverySession(
          PostgresPrepared.unfiltered(xa.getXAResource(), connection),
          PostgresIdentity.of(connection),
          branches -> PostgresPrepared.list(connection),
          xa::close);
    } catch (SQLException | RuntimeException e) {
      xa.close();
      throw e;
    }
  }

  @Override
  Fence claim(DatabaseSettings settings, String participant, String node, long process)
      throws SQLException, NodeNameTakenException {
    Connection connection = configure(new PGSimpleDataSource(), settings).getConnection();
    return PostgresFence.claim(connection, participant, node, process);
  }

  /**
   * Adds what the URL leaves open.
   *
   * <ul>
   *   <li>{@code stringtype=unspecified}: the server gives text the type of the column it goes to,
   *       so JSON text serves for dates, UUIDs and JSON;
   *   <li>{@code connectTimeout}, {@code socketTimeout}, {@code tcpKeepAlive}: a server that
   *       vanished does not hold a consumer for ever. A reply that never comes is like a connection
   *       that was cut, which every protocol survives, so the bound is safe as long as it is longer
   *       than the slowest statement;
   *   <li>{@code reWriteBatchedInserts} stays off: it joins rows into one INSERT, and ON CONFLICT
   *       DO UPDATE then refuses two messages of a batch with the same key, which row by row is
   *       fine.
   * </ul>
   */
  private static <D extends BaseDataSource> D configure(D source, DatabaseSettings settings)
      throws SQLException {
    source.setUrl(settings.url());
    if (settings.username() != null) {
      source.setUser(settings.username());
    }
    if (settings.password() != null) {
      source.setPassword(settings.password());
    }
    Properties given = Driver.parseURL(settings.url(), null);
    unlessGiven(source, given, PGProperty.STRING_TYPE, "unspecified");
    unlessGiven(source, given, PGProperty.CONNECT_TIMEOUT, "10");
    unlessGiven(source, given, PGProperty.SOCKET_TIMEOUT, "60");
    unlessGiven(source, given, PGProperty.TCP_KEEP_ALIVE, "true");
    unlessGiven(source, given, PGProperty.APPLICATION_NAME, "handfast");
    return source;
  }

  private static void unlessGiven(
      BaseDataSource source, @Nullable Properties given, PGProperty property, String value)
      throws SQLException {
    if (given == null || !given.containsKey(property.getName())) {
      source.setProperty(property, value);
    }
  }

  @Override
  OptionalInt maxPreparedTransactions(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW max_prepared_transactions")) {
      row.next();
      return OptionalInt.of(row.getInt(1));
    }
  }

  @Override
  Optional<ServerSettings> serverSettings(Connection connection) throws SQLException {
    return Optional.of(ServerSettings.read(connection));
  }

  /** The driver prepares only when it must; asking for the parameters' types makes it. */
  @Override
  @Nullable String verify(Connection connection, StatementTemplate statement) throws SQLException {
    try (PreparedStatement prepared = connection.prepareStatement(statement.jdbcSql())) {
      ParameterMetaData described = prepared.getParameterMetaData();
      int expected = statement.parameters().size();
      return described.getParameterCount() == expected
          ? null
          : "the driver sees " + described.getParameterCount() + " parameters, not " + expected;
    }
  }

  @Override
  StatementRunner runner(StatementCache cache) {
    return new PipelinedRunner(cache);
  }

  /** Known to the driver from the server's last answer; costs no round trip. */
  @Override
  boolean isTransactionFailed(Connection connection) throws SQLException {
    return connection.unwrap(BaseConnection.class).getTransactionState() == TransactionState.FAILED;
  }

  @Override
  void checkDeferredConstraints(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(CHECK_DEFERRED);
    }
  }
}
