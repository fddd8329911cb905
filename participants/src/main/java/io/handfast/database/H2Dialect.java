package io.handfast.database;

import io.handfast.participant.BranchFact;
import io.handfast.participant.BranchText;
import io.handfast.participant.Fence;
import io.handfast.participant.RecoverySession;
import io.handfast.participant.RecoverySession.Scope;
import io.handfast.participant.XaRecoverySession;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.transaction.xa.Xid;
import org.h2.api.ErrorCode;
import org.h2.command.Command;
import org.h2.engine.Constants;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;

/**
 * The dialect of H2; branches work only embedded in this process and with administrator's rights.
 */
final class H2Dialect extends Dialect {

  /** More than nothing, in milliseconds. */
  private static final Pattern WRITE_DELAY = Pattern.compile("(?i);WRITE_DELAY=0*([1-9]\\d{0,17})");

  /** Thousands of error codes about data; 2 is "no data", 22 values, 23 constraints. */
  private static final Set<Integer> DATA_CLASSES = Set.of(2, 22, 23);

  /** Codes outside those classes that a value in a message brings about. */
  private static final Set<Integer> ABOUT_DATA =
      Set.of(
          ErrorCode.UNKNOWN_DATA_TYPE_1,
          ErrorCode.HEX_STRING_ODD_1,
          ErrorCode.HEX_STRING_WRONG_1,
          ErrorCode.INVALID_VALUE_2,
          ErrorCode.INVALID_TO_CHAR_FORMAT,
          ErrorCode.INVALID_TO_DATE_FORMAT,
          ErrorCode.PARSE_ERROR_1,
          ErrorCode.SERIALIZATION_FAILED_1,
          ErrorCode.DESERIALIZATION_FAILED_1,
          ErrorCode.ERROR_EXECUTING_TRIGGER_3,
          ErrorCode.SCALAR_SUBQUERY_CONTAINS_MORE_THAN_ONE_ROW,
          ErrorCode.STRING_FORMAT_ERROR_1,
          ErrorCode.EXCEPTION_IN_FUNCTION_1,
          ErrorCode.TYPES_ARE_NOT_COMPARABLE_2,
          ErrorCode.STEP_SIZE_MUST_NOT_BE_ZERO,
          ErrorCode.INVALID_VALUE_PRECISION,
          ErrorCode.INVALID_VALUE_SCALE);

  private static final Set<Integer> CONNECTION_LOST =
      Set.of(
          ErrorCode.ERROR_OPENING_DATABASE_1,
          ErrorCode.OBJECT_CLOSED,
          ErrorCode.DATABASE_ALREADY_OPEN_1,
          ErrorCode.IO_EXCEPTION_1,
          ErrorCode.IO_EXCEPTION_2,
          ErrorCode.CONNECTION_BROKEN_1,
          ErrorCode.DATABASE_IS_CLOSED,
          ErrorCode.DATABASE_CALLED_AT_SHUTDOWN);

  private static final Set<Integer> CONFLICTS =
      Set.of(ErrorCode.DEADLOCK_1, ErrorCode.LOCK_TIMEOUT_1, ErrorCode.CONCURRENT_UPDATE_1);

  private static final Set<Integer> NEVER_A_MESSAGES =
      Set.of(
          ErrorCode.DEADLOCK_1,
          ErrorCode.LOCK_TIMEOUT_1,
          ErrorCode.CONCURRENT_UPDATE_1,
          ErrorCode.OUT_OF_MEMORY,
          ErrorCode.DATABASE_IS_READ_ONLY,
          ErrorCode.WRONG_USER_OR_PASSWORD);

  /**
   * The server ends the session of a client that is gone, and a later rollback of what that session
   * had prepared stops half-way without an error: the rows vanish, come back with the next start,
   * and the rollback then takes newer rows with it.
   */
  private static final String REMOTE =
      "H2 as a server cannot take part in two-phase commit: it does not roll back reliably what a"
          + " lost client had prepared; use an embedded database (jdbc:h2:file:) or PostgreSQL";

  /** H2 calls these transactional, and they end the transaction, or may. */
  private static final Set<String> LEAVING =
      Set.of("EXECUTE IMMEDIATE", "PREPARE COMMIT", "SET AUTOCOMMIT", "SHUTDOWN");

  @Override
  String scheme() {
    return "jdbc:h2:";
  }

  /** The compiler copies the constants of the second; the first is read when it is asked for. */
  @Override
  DriverVersion driver() {
    String builtWith =
        Constants.VERSION_MAJOR + "." + Constants.VERSION_MINOR + "." + Constants.BUILD_ID;
    return new DriverVersion(scheme(), Constants.VERSION, builtWith);
  }

  @Override
  Optional<Duration> writeDelay(String url) {
    Matcher given = WRITE_DELAY.matcher(url);
    return given.find()
        ? Optional.of(Duration.ofMillis(Long.parseLong(given.group(1))))
        : Optional.empty();
  }

  @Override
  public String product() {
    return "H2";
  }

  @Override
  @Nullable SqlFailure judge(SQLException link) {
    int code = link.getErrorCode();
    if (code == 0) {
      return null;
    }
    boolean data = DATA_CLASSES.contains(code / 1000) || ABOUT_DATA.contains(code);
    if (data) {
      return SqlFailure.POISON;
    }
    return NEVER_A_MESSAGES.contains(code) ? SqlFailure.INFRASTRUCTURE : SqlFailure.SUSPECT;
  }

  @Override
  boolean isConnectionLost(SQLException link) {
    return CONNECTION_LOST.contains(link.getErrorCode());
  }

  @Override
  boolean isRefusal(SQLException link) {
    int code = link.getErrorCode();
    return code == ErrorCode.WRONG_USER_OR_PASSWORD
        || code == ErrorCode.DATABASE_NOT_FOUND_1
        || code == ErrorCode.DATABASE_NOT_FOUND_WITH_IF_EXISTS_1;
  }

  @Override
  boolean isCancelled(SQLException link) {
    return link.getErrorCode() == ErrorCode.STATEMENT_WAS_CANCELED;
  }

  @Override
  boolean isReadOnly(SQLException link) {
    return link.getErrorCode() == ErrorCode.DATABASE_IS_READ_ONLY;
  }

  @Override
  boolean isLockConflict(SQLException link) {
    return CONFLICTS.contains(link.getErrorCode());
  }

  @Override
  Connection openLocal(DatabaseSettings settings) throws SQLException {
    return open(settings);
  }

  @Override
  XaLink openXa(DatabaseSettings settings) throws SQLException {
    JdbcConnection connection = open(settings);
    if (!(connection.getSession() instanceof SessionLocal session)) {
      connection.close();
      throw new SQLFeatureNotSupportedException(REMOTE);
    }
    H2XaResource resource = new H2XaResource(connection, session, this);
    return new XaLink(connection, resource, scope(session).identity(), resource::close);
  }

  @Override
  RecoverySession openForRecovery(DatabaseSettings settings) throws SQLException {
    XaLink link = openXa(settings);
    SessionLocal session = (SessionLocal) ((JdbcConnection) link.connection()).getSession();
    return new XaRecoverySession(
        link.resource(), scope(session), H2Dialect::inDoubt, link.closing()::close);
  }

  /**
   * A database's file carries the time of its creation. One in memory has no file, and is gone with
   * all its branches when it is closed. The view {@code IN_DOUBT} shows nothing to a user who is no
   * administrator (H2 2.4.240).
   */
  private static Scope scope(SessionLocal session) {
    org.h2.engine.Database open = session.getDatabase();
    Object created = open.getStore().getMvStore().getStoreHeader().get("created");
    String gap = session.getUser().isAdmin() ? "" : "its user is no administrator";
    return new Scope(created == null ? "memory" : "created " + created, gap);
  }

  /** The view {@code IN_DOUBT}, which the branches were listed from, knows no more than them. */
  private static List<BranchFact> inDoubt(Collection<Xid> branches) {
    return branches.stream()
        .map(branch -> new BranchFact(BranchText.of(branch), null, H2PreparedNames.of(branch)))
        .toList();
  }

  /**
   * H2 holds branches only where it is embedded, and then it locks its file: a second process does
   * not get as far as a branch, whatever its node's name.
   */
  @Override
  Fence claim(DatabaseSettings settings, String participant, String node, long process) {
    return Fence.NONE;
  }

  private static JdbcConnection open(DatabaseSettings settings) throws SQLException {
    JdbcDataSource source = new JdbcDataSource();
    source.setURL(durable(settings.url()));
    if (settings.username() != null) {
      source.setUser(settings.username());
    }
    if (settings.password() != null) {
      source.setPassword(settings.password());
    }
    JdbcConnection connection = (JdbcConnection) source.getConnection();
    connection.setAutoCommit(false);
    return connection;
  }

  /** By default H2 writes half a second after the commit: killed before that, it has lost it. */
  static String durable(String url) {
    boolean given = url.toUpperCase(Locale.ROOT).contains(";WRITE_DELAY=");
    return given ? url : url + ";WRITE_DELAY=0";
  }

  @Override
  OptionalInt maxPreparedTransactions(Connection connection) {
    boolean embedded = ((JdbcConnection) connection).getSession() instanceof SessionLocal;
    return embedded ? OptionalInt.empty() : OptionalInt.of(0);
  }

  @Override
  StatementDescription describe(Connection connection, StatementTemplate statement)
      throws SQLException {
    if (LEAVING.stream().anyMatch(statement.opening()::startsWith)) {
      return StatementDescription.refused(
          statement.opening() + " could end the transaction that the message is settled in");
    }
    try (PreparedStatement prepared = connection.prepareStatement(statement.jdbcSql())) {
      ParameterMetaData described = prepared.getParameterMetaData();
      if (commits(connection, statement)) {
        return StatementDescription.refused(
            statement.keyword() + " would commit the transaction that the message is settled in");
      }
      int expected = statement.parameters().size();
      if (described.getParameterCount() != expected) {
        return StatementDescription.refused(
            "H2 sees " + described.getParameterCount() + " parameters, not " + expected);
      }
      List<ParameterTarget> targets = new ArrayList<>();
      for (int i = 1; i <= expected; i++) {
        targets.add(target(described, i));
      }
      return new StatementDescription(null, targets);
    } catch (StackOverflowError e) {
      return StatementDescription.refused(StatementExecution.TOO_DEEP);
    }
  }

  /** Whether H2 (2.4.240) commits the transaction before it runs a statement that it can read. */
  private static boolean commits(Connection connection, StatementTemplate statement) {
    return ((JdbcConnection) connection).getSession() instanceof SessionLocal session
        && session.prepareCommand(statement.jdbcSql()) instanceof Command command
        && !command.isTransactional();
  }

  private static ParameterTarget target(ParameterMetaData described, int parameter)
      throws SQLException {
    String name = described.getParameterTypeName(parameter);
    return switch (described.getParameterType(parameter)) {
      case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT ->
          ParameterTarget.of(ParameterTarget.Kind.INTEGER, name);
      case Types.DECIMAL, Types.NUMERIC ->
          new ParameterTarget(ParameterTarget.Kind.DECIMAL, name, described.getScale(parameter));
      case Types.BOOLEAN -> ParameterTarget.of(ParameterTarget.Kind.TRUTH, name);
      case Types.DATE,
          Types.TIME,
          Types.TIME_WITH_TIMEZONE,
          Types.TIMESTAMP,
          Types.TIMESTAMP_WITH_TIMEZONE ->
          ParameterTarget.of(ParameterTarget.Kind.WRITTEN, name);
      case Types.BINARY, Types.VARBINARY -> ParameterTarget.of(ParameterTarget.Kind.BYTES, name);
      case Types.CHAR, Types.VARCHAR -> ParameterTarget.of(ParameterTarget.Kind.ANY, name);
      default ->
          "JSON".equals(name)
              ? ParameterTarget.of(ParameterTarget.Kind.JSON, name)
              : ParameterTarget.OPEN;
    };
  }

  /** Text would become a JSON string; bytes are read as the JSON that they are. */
  @Override
  void bind(PreparedStatement to, int placeholder, @Nullable Object value) throws SQLException {
    if (value == null) {
      to.setNull(placeholder, Types.NULL);
    } else if (value instanceof JsonText json) {
      to.setBytes(placeholder, json.text().getBytes(StandardCharsets.UTF_8));
    } else if (value instanceof BigInteger number) {
      bind(to, placeholder, number);
    } else {
      to.setObject(placeholder, value);
    }
  }

  private static void bind(PreparedStatement to, int placeholder, BigInteger number)
      throws SQLException {
    if (number.bitLength() < Long.SIZE) {
      to.setLong(placeholder, number.longValue());
    } else {
      to.setBigDecimal(placeholder, new BigDecimal(number));
    }
  }

  @Override
  boolean isRightMissing(SQLException link) {
    return link.getErrorCode() == ErrorCode.NOT_ENOUGH_RIGHTS_FOR_1
        || link.getErrorCode() == ErrorCode.ADMIN_RIGHTS_REQUIRED;
  }

  @Override
  @Nullable Object transactionOf(Connection connection) {
    if (!(connection instanceof JdbcConnection h2)
        || !(h2.getSession() instanceof SessionLocal session)) {
      return null;
    }
    return session.getTransactionId().getString(); // null while nothing was changed
  }

  @Override
  boolean isStillIn(Connection connection, StatementTemplate statement, @Nullable Object before) {
    return before == null || before.equals(transactionOf(connection));
  }

  @Override
  String later(String seconds) {
    return "DATEADD(SECOND, " + seconds + ", CURRENT_TIMESTAMP)";
  }

  @Override
  boolean isSavepointMissing(SQLException failure) {
    return failure.getErrorCode() == ErrorCode.SAVEPOINT_IS_INVALID_1;
  }

  /** It is in this process, and ends with it. */
  @Override
  List<String> ofMarkedUnits(Duration longest) {
    return List.of();
  }

  @Override
  List<String> ofTakeOver() {
    return List.of(
        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED",
        "SET LOCK_TIMEOUT 2000");
  }

  @Override
  StatementRunner runner(StatementCache cache) {
    return new OneByOneRunner(cache);
  }

  /** A failed statement undoes itself, and the transaction goes on. */
  @Override
  boolean isTransactionFailed(Connection connection) {
    return false;
  }

  /** H2 defers no constraint. */
  @Override
  void checkDeferredConstraints(Connection connection) {}
}
