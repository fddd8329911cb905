package io.handfast.database;

import io.handfast.participant.Fence;
import io.handfast.participant.NodeNameTakenException;
import io.handfast.participant.RecoverySession;
import io.handfast.participant.XaRecoverySession;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.XAConnection;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.ds.common.BaseDataSource;
import org.postgresql.util.DriverInfo;
import org.postgresql.util.PSQLException;
import org.postgresql.xa.PGXADataSource;

/** The dialect of PostgreSQL. */
final class PostgresDialect extends Dialect {

  /**
   * Has the constraints checked now that would be checked at the end of the transaction, and leaves
   * them as they were: SET CONSTRAINTS lasts until the end of the transaction or of the
   * subtransaction, and with that go also the side effects of deferred triggers, which run again.
   */
  private static final List<String> CHECK_DEFERRED =
      List.of(
          "SAVEPOINT handfast_check",
          "SET CONSTRAINTS ALL IMMEDIATE",
          "ROLLBACK TO SAVEPOINT handfast_check",
          "RELEASE SAVEPOINT handfast_check");

  private static final String EXPIRE =
      """
      DELETE FROM %1$s WHERE delivery = ? AND gone_at < ? AND message_id = ANY (ARRAY(
        SELECT message_id FROM %1$s WHERE delivery = ? AND gone_at < ? ORDER BY gone_at LIMIT ?))""";

  private static final Pattern SOCKET_TIMEOUT = Pattern.compile("[?&]socketTimeout=(\\d{1,9})");

  private static final String TRANSACTION_ABORTED = "25P02";

  /** No message brings these about: conflicts, lack of resources, and what an operator does. */
  private static final Pattern NEVER_A_MESSAGES = Pattern.compile("40...|53...|57P..|25006|72...");

  /**
   * Classes of SQL states that are about the statement, the schema or a server, most of the time:
   * input functions of extensions, triggers, policies and functions use them for single rows too.
   * 08 and 28 are here where the server says them over a connection that works, such as of another
   * server that a trigger asks; HV comes from foreign tables.
   */
  private static final Set<String> SUSPECT_CLASSES =
      Set.of(
          "08", "0A", "25", "26", "28", "34", "3B", "3D", "3F", "42", "55", "57", "58", "F0", "HV",
          "XX");

  private static final String FEATURE_NOT_SUPPORTED = "0A000";
  private static final String NO_SUCH_SAVEPOINT = "3B001";
  private static final String NO_TRANSACTION = "25P01";

  private static final String FORCED =
      "SELECT set_config('synchronous_commit', 'on', false)"
          + " WHERE current_setting('synchronous_commit') = 'off'";

  private static final String UNLESS_SET =
      "SELECT set_config('%1$s', '%2$d', false) WHERE current_setting('%1$s') = '0'";

  private static final String INSUFFICIENT_PRIVILEGE = "42501";

  /** Statements that cannot end a transaction, nor can what they call. */
  private static final Set<String> DATA =
      Set.of("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "VALUES", "TABLE");

  private static final Set<String> CONFLICTS = Set.of("40001", "40P01", "55P03");

  private static final Set<String> SHUT_DOWN = Set.of("57P01", "57P02", "57P03", "57P04", "57P05");

  @Override
  String scheme() {
    return "jdbc:postgresql:";
  }

  /** The compiler copies the constant, which so tells what was there when Handfast was built. */
  @Override
  DriverVersion driver() {
    String name = Driver.getVersion();
    String present = name.substring(name.lastIndexOf(' ') + 1);
    return new DriverVersion(scheme(), present, DriverInfo.DRIVER_VERSION);
  }

  @Override
  Optional<Duration> answerTimeout(String url) {
    Matcher given = SOCKET_TIMEOUT.matcher(url);
    return given.find()
        ? Optional.of(Duration.ofSeconds(Long.parseLong(given.group(1))))
        : Optional.empty();
  }

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
    if (NEVER_A_MESSAGES.matcher(state).matches()) {
      return SqlFailure.INFRASTRUCTURE;
    }
    return SUSPECT_CLASSES.contains(state.substring(0, 2)) ? SqlFailure.SUSPECT : SqlFailure.POISON;
  }

  @Override
  boolean isConnectionLost(SQLException link) {
    String state = link.getSQLState();
    return state != null
        && (SHUT_DOWN.contains(state) || state.startsWith("08") && !isSaidByServer(link));
  }

  /** A batch has the state of the failure behind it. */
  private static boolean isSaidByServer(SQLException link) {
    return chain(link).stream()
        .anyMatch(
            cause ->
                cause instanceof PSQLException said
                    && said.getServerErrorMessage() != null
                    && Objects.equals(said.getSQLState(), link.getSQLState()));
  }

  /** Class 28: user, password or pg_hba.conf; 3D000: no such database; 42501: no right to it. */
  @Override
  boolean isRefusal(SQLException link) {
    String state = link.getSQLState();
    return state != null
        && (state.startsWith("28") || state.equals("3D000") || state.equals("42501"));
  }

  @Override
  boolean isCancelled(SQLException link) {
    return "57014".equals(link.getSQLState());
  }

  @Override
  boolean isReadOnly(SQLException link) {
    return "25006".equals(link.getSQLState());
  }

  /** In one statement, which returns those that were new. */
  @Override
  Set<String> record(JdbcInbox inbox, Set<String> ids, Inbox.Terms terms) throws SQLException {
    Array array = inbox.connection().createArrayOf("text", ids.toArray());
    String sql = inbox.insertion("id", " FROM unnest(?::text[]) AS id", terms);
    try (PreparedStatement insert =
        inbox.connection().prepareStatement(sql + " ON CONFLICT DO NOTHING RETURNING message_id")) {
      insert.setString(1, inbox.delivery());
      int next = JdbcInbox.bindGone(insert, 2, terms);
      insert.setArray(next, array);
      JdbcInbox.bindBefore(insert, next + 1, terms);
      Set<String> known = new HashSet<>(ids);
      known.removeAll(JdbcInbox.strings(insert));
      return known;
    } finally {
      array.free();
    }
  }

  /** In one statement. */
  @Override
  int expire(JdbcInbox inbox, OffsetDateTime goneBefore, int max) throws SQLException {
    try (PreparedStatement delete =
        inbox.connection().prepareStatement(EXPIRE.formatted(inbox.table()))) {
      delete.setString(1, inbox.delivery());
      delete.setObject(2, goneBefore);
      delete.setString(3, inbox.delivery());
      delete.setObject(4, goneBefore);
      delete.setInt(5, max);
      return delete.executeUpdate();
    }
  }

  /** It has none of the ids that stay until they are removed, and costs them nothing. */
  @Override
  List<String> indexesOfGone(String inbox) {
    return List.of(
        "CREATE INDEX IF NOT EXISTS handfast_inbox_gone ON %s (delivery, gone_at) WHERE gone_at IS NOT NULL"
            .formatted(inbox));
  }

  @Override
  String now() {
    return "clock_timestamp()";
  }

  @Override
  String later(String seconds) {
    return "CURRENT_TIMESTAMP + " + seconds + " * INTERVAL '1 second'";
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
      return new XaLink(connection, xa.getXAResource(), identity(connection), xa::close);
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
  String identity(Connection connection) throws SQLException {
    return PostgresIdentity.of(connection).identity();
  }

  @Override
  Optional<ServerSettings> serverSettings(Connection connection) throws SQLException {
    return Optional.of(PostgresSettings.read(connection));
  }

  /**
   * The driver prepares only when it must; asking for the parameters' types makes it. It asks with
   * untyped parameters, and so are the values that are bound: the server gives both the same types.
   */
  @Override
  StatementDescription describe(Connection connection, StatementTemplate statement)
      throws SQLException {
    try (PreparedStatement prepared = connection.prepareStatement(statement.jdbcSql())) {
      ParameterMetaData described = prepared.getParameterMetaData();
      int expected = statement.parameters().size();
      if (described.getParameterCount() != expected) {
        return StatementDescription.refused(
            "the driver sees " + described.getParameterCount() + " parameters, not " + expected);
      }
      List<ParameterTarget> targets = new ArrayList<>();
      for (int i = 1; i <= expected; i++) {
        targets.add(PostgresTypes.target(connection, described.getParameterTypeName(i)));
      }
      PostgresTypes.addScales(connection, statement, targets);
      return PostgresRows.described(connection, statement, described, targets);
    }
  }

  /** As text without a type, whatever {@code stringtype} the URL has. */
  @Override
  void bind(PreparedStatement to, int placeholder, @Nullable Object value) throws SQLException {
    if (value == null) {
      to.setNull(placeholder, Types.NULL);
    } else {
      to.setObject(placeholder, PostgresRows.text(value), Types.OTHER);
    }
  }

  @Override
  void bindAll(
      PreparedStatement to, int placeholder, ParameterTarget target, List<@Nullable Object> values)
      throws SQLException {
    PostgresRows.bind(to, placeholder, target.type(), values);
  }

  @Override
  boolean isRightMissing(SQLException link) {
    return INSUFFICIENT_PRIVILEGE.equals(link.getSQLState());
  }

  /** Such as NOTIFY or the use of a temporary table, also in a trigger. */
  @Override
  boolean isUnpreparable(SQLException failure) {
    return FEATURE_NOT_SUPPORTED.equals(failure.getSQLState());
  }

  /** A savepoint is there in its own transaction only; one that was chained to it has none. */
  @Override
  boolean isStillIn(Connection connection, StatementTemplate statement, @Nullable Object before)
      throws SQLException {
    BaseConnection driver = connection.unwrap(BaseConnection.class);
    if (driver.getTransactionState() != TransactionState.OPEN) {
      return false;
    }
    if (DATA.contains(statement.keyword())) {
      return true;
    }
    try (Statement check = connection.createStatement()) {
      check.execute("RELEASE SAVEPOINT %1$s; SAVEPOINT %1$s".formatted(JdbcSession.SAVEPOINT));
      return true;
    } catch (SQLException e) {
      if (NO_SUCH_SAVEPOINT.equals(e.getSQLState())) {
        return false;
      }
      throw e;
    }
  }

  @Override
  boolean isSavepointMissing(SQLException failure) {
    return Set.of(NO_SUCH_SAVEPOINT, NO_TRANSACTION).contains(failure.getSQLState());
  }

  /** What the user has set to more safety stays; {@code off} loses commits that were confirmed. */
  @Override
  List<String> ofMarkedUnits(Duration longest) {
    return List.of(
        FORCED,
        UNLESS_SET.formatted("idle_in_transaction_session_timeout", longest.toMillis()),
        UNLESS_SET.formatted("lock_timeout", 45_000)); // the driver waits for 60 s
  }

  @Override
  List<String> ofTakeOver() {
    return List.of(
        "SET TRANSACTION ISOLATION LEVEL READ COMMITTED", FORCED, "SET LOCAL lock_timeout = 2000");
  }

  @Override
  StatementRunner runner(StatementCache cache) {
    return new PipelinedRunner(cache, CHECK_DEFERRED);
  }

  @Override
  boolean isIdle(Connection connection) throws SQLException {
    return connection.unwrap(BaseConnection.class).getTransactionState() == TransactionState.IDLE;
  }

  /** Known to the driver from the server's last answer; costs no round trip. */
  @Override
  boolean isTransactionFailed(Connection connection) throws SQLException {
    return connection.unwrap(BaseConnection.class).getTransactionState() == TransactionState.FAILED;
  }

  @Override
  void checkDeferredConstraints(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(String.join(";", CHECK_DEFERRED));
    }
  }
}
