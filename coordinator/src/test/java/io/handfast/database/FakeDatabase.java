package io.handfast.database;

import io.handfast.participant.Fence;
import io.handfast.participant.RecoverySession;
import io.handfast.transaction.Trace;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** H2 in memory whose commits are traced, and fail on demand. */
public final class FakeDatabase extends Dialect implements AutoCloseable {

  private final H2Dialect h2 = new H2Dialect();
  private final DatabaseSettings settings =
      new DatabaseSettings("jdbc:h2:mem:" + UUID.randomUUID(), null, null);
  private final Trace trace;
  private final Connection outside;
  private boolean failsToCommit;

  /** A database with a table for the ids of applied messages, and an inbox. */
  public FakeDatabase(Trace trace) throws SQLException {
    this.trace = trace;
    this.outside = h2.openLocal(settings);
    try (Statement statement = outside.createStatement()) {
      statement.execute("CREATE TABLE applied(id VARCHAR(255))");
    }
    new JdbcDatabase("database", settings).createInbox();
  }

  /** Makes every commit fail, or work again. */
  public FakeDatabase failsToCommit(boolean fails) {
    failsToCommit = fails;
    return this;
  }

  public DatabaseSession open() throws SQLException {
    return JdbcSession.local(this, settings);
  }

  /** The ids of applied messages, as others see them. */
  public List<String> applied() throws SQLException {
    return strings("SELECT id FROM applied ORDER BY id");
  }

  /** The ids in the inbox, as others see them. */
  public List<String> inbox() throws SQLException {
    return strings("SELECT message_id FROM handfast_inbox ORDER BY message_id");
  }

  private List<String> strings(String query) throws SQLException {
    List<String> strings = new ArrayList<>();
    try (Statement statement = outside.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        strings.add(rows.getString(1));
      }
    }
    outside.commit();
    return strings;
  }

  @Override
  public void close() throws SQLException {
    outside.close();
  }

  @Override
  Connection openLocal(DatabaseSettings unused) throws SQLException {
    Connection connection = h2.openLocal(settings);
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              before(method.getName(), arguments);
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private void before(String call, Object @Nullable [] arguments) throws SQLException {
    if (call.equals("commit")) {
      trace.add("commit rows");
      if (failsToCommit) {
        throw new SQLException("the reply is lost", "08006");
      }
    } else if (call.equals("prepareStatement")
        && arguments != null
        && arguments[0].toString().startsWith("INSERT INTO handfast_inbox")) {
      trace.add("record ids");
    }
  }

  @Override
  String scheme() {
    return h2.scheme();
  }

  @Override
  DriverVersion driver() {
    return h2.driver();
  }

  @Override
  boolean isCancelled(SQLException link) {
    return h2.isCancelled(link);
  }

  @Override
  public String product() {
    return h2.product();
  }

  @Override
  @Nullable SqlFailure judge(SQLException link) {
    return h2.judge(link);
  }

  @Override
  boolean isConnectionLost(SQLException link) {
    return h2.isConnectionLost(link);
  }

  @Override
  boolean isRefusal(SQLException link) {
    return false;
  }

  @Override
  boolean isReadOnly(SQLException link) {
    return h2.isReadOnly(link);
  }

  @Override
  boolean isLockConflict(SQLException link) {
    return h2.isLockConflict(link);
  }

  @Override
  XaLink openXa(DatabaseSettings unused) {
    throw new UnsupportedOperationException("no branches here");
  }

  @Override
  RecoverySession openForRecovery(DatabaseSettings unused) {
    throw new UnsupportedOperationException("no branches here");
  }

  @Override
  Fence claim(DatabaseSettings settings, String participant, String node, long process) {
    return Fence.NONE;
  }

  @Override
  OptionalInt maxPreparedTransactions(Connection connection) {
    return OptionalInt.empty();
  }

  @Override
  StatementDescription describe(Connection connection, StatementTemplate statement) {
    return StatementDescription.open(statement);
  }

  @Override
  void bind(PreparedStatement to, int placeholder, @Nullable Object value) throws SQLException {
    h2.bind(to, placeholder, value);
  }

  @Override
  boolean isRightMissing(SQLException link) {
    return h2.isRightMissing(link);
  }

  @Override
  boolean isStillIn(Connection connection, StatementTemplate statement, @Nullable Object before) {
    return true;
  }

  @Override
  StatementRunner runner(StatementCache cache) {
    return h2.runner(cache);
  }

  @Override
  boolean isTransactionFailed(Connection connection) {
    return false;
  }

  @Override
  String later(String seconds) {
    return h2.later(seconds);
  }

  @Override
  boolean isSavepointMissing(SQLException failure) {
    return h2.isSavepointMissing(failure);
  }

  @Override
  List<String> ofMarkedUnits(Duration longest) {
    return h2.ofMarkedUnits(longest);
  }

  @Override
  List<String> ofTakeOver() {
    return h2.ofTakeOver();
  }

  @Override
  void checkDeferredConstraints(Connection connection) {}
}
