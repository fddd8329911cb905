package io.handfast.database;

import io.handfast.database.StatementRunner.Tail;
import io.handfast.participant.NamedXaResource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A session on a JDBC connection. Prepared statements live as long as the session. */
public final class JdbcSession implements DatabaseSession {

  static final String SAVEPOINT = "handfast";
  private static final String SET = "SAVEPOINT " + SAVEPOINT;

  private final Dialect dialect;
  private final Connection connection;
  private final XaLink.Closing closing;
  private final @Nullable NamedXaResource xaResource;
  private final StatementCache cache;
  private final StatementRunner runner;
  private final DatabaseSettings settings;
  private final JdbcMarker marker;
  private final JdbcPositions positions;
  private volatile boolean broken;
  private boolean failed;
  private Mark mark = Mark.NONE;
  private boolean isLeft;

  /** What a failure is undone to. */
  private enum Mark {
    NONE,
    /** Nothing was done before in the transaction. */
    BEGIN,
    SAVEPOINT
  }

  private JdbcSession(
      Dialect dialect,
      Connection connection,
      XaLink.Closing closing,
      Function<JdbcSession, @Nullable NamedXaResource> branches,
      DatabaseSettings settings) {
    this.dialect = dialect;
    this.connection = connection;
    this.closing = closing;
    this.xaResource = branches.apply(this);
    this.cache = new StatementCache(dialect, connection);
    this.runner = dialect.runner(cache);
    this.settings = settings;
    this.marker = new JdbcMarker(this);
    this.positions = new JdbcPositions(this);
  }

  static JdbcSession local(Dialect dialect, DatabaseSettings settings) throws SQLException {
    Connection connection = dialect.openLocal(settings);
    return new JdbcSession(dialect, connection, connection::close, session -> null, settings);
  }

  static JdbcSession xa(String participant, Dialect dialect, DatabaseSettings settings)
      throws SQLException {
    XaLink link = dialect.openXa(settings);
    return new JdbcSession(
        dialect,
        link.connection(),
        link.closing(),
        session ->
            new NamedXaResource(
                participant,
                link.identity(),
                new WatchedXaResource(link.resource(), session.new BranchWork())),
        settings);
  }

  @Override
  public NamedXaResource xaResource() {
    if (xaResource == null) {
      throw new IllegalStateException("a local session has no branches");
    }
    return xaResource;
  }

  @Override
  public void execute(List<StatementTemplate> statements, List<? extends ParameterValues> messages)
      throws SQLException, PoisonException {
    execute(statements, messages, false);
  }

  private void execute(
      List<StatementTemplate> statements,
      List<? extends ParameterValues> messages,
      boolean isRowExpected)
      throws SQLException, PoisonException {
    boolean before = failed;
    failed = true; // until all of it is done, whichever way it ends
    try {
      runner.run(statements, messages, isRowExpected);
      failed = before;
    } catch (SQLException e) {
      throw judged(e);
    }
  }

  @Override
  public void executeUndoably(
      List<StatementTemplate> statements,
      List<? extends ParameterValues> messages,
      boolean isRowExpected)
      throws SQLException, PoisonException {
    if (mark != Mark.NONE || !executeInOneTrip(statements, messages, isRowExpected)) {
      savepoint();
      execute(statements, messages, isRowExpected);
      checkDeferredConstraints();
    }
  }

  /**
   * Only where there is no mark yet: should this one never reach the database, going back to it
   * must not go back to an earlier one. Statements that can do nothing but fail need no savepoint
   * where the transaction begins with them.
   */
  private boolean executeInOneTrip(
      List<StatementTemplate> statements,
      List<? extends ParameterValues> messages,
      boolean isRowExpected)
      throws SQLException, PoisonException {
    requireNothingFailed();
    failed = true; // until all of it is done, whichever way it ends
    boolean begins =
        xaResource == null && runner.arePlain(statements) && dialect.isIdle(connection);
    Mark set = begins ? Mark.BEGIN : Mark.SAVEPOINT;
    List<String> before = begins ? List.of() : List.of(SET);
    Tail tail = isRowExpected ? Tail.NONE : tail(begins); // a missed row is undone to the mark
    try {
      boolean isDone = runner.runMarked(before, statements, messages, isRowExpected, tail);
      failed = false;
      mark = isDone && tail.commands().isEmpty() ? set : Mark.NONE; // which the tail has left
      return isDone;
    } catch (SQLException e) {
      mark = set;
      throw judged(e);
    }
  }

  /** What is announced, and the end of the savepoint before it. */
  private Tail tail(boolean begins) {
    List<Tail> announced =
        Stream.of(marker.tail(), positions.tail()).filter(one -> one != Tail.NONE).toList();
    if (announced.isEmpty()) {
      return Tail.NONE;
    }
    return begins ? Tail.behind(announced) : Tail.behind(announced, "RELEASE " + SET);
  }

  @Override
  public StatementResult query(
      StatementTemplate statement,
      List<? extends ParameterValues> parameterRows,
      List<String> generatedKeys,
      QueryLimits limits)
      throws SQLException, PoisonException, TransactionLeftException {
    try {
      cache.describe(List.of(statement));
      Object before = dialect.transactionOf(connection);
      StatementResult result =
          StatementExecution.run(
              connection, cache, statement, parameterRows, generatedKeys, limits);
      if (!dialect.isStillIn(connection, statement, before)) {
        isLeft = true;
        broken = true;
        throw new TransactionLeftException(statement);
      }
      return result;
    } catch (SQLException e) {
      broken |= Dialect.chain(e).stream().anyMatch(dialect::isConnectionLost);
      throw e;
    }
  }

  @Override
  public void savepoint() throws SQLException {
    requireNothingFailed();
    sql(SET);
    mark = Mark.SAVEPOINT;
  }

  private void requireNothingFailed() {
    if (failed) {
      throw new IllegalStateException("a part of the work has failed, it must be undone first");
    }
  }

  @Override
  public void rollbackToSavepoint() throws SQLException, TransactionLeftException {
    if (mark == Mark.BEGIN) {
      rollback();
    } else if (mark == Mark.SAVEPOINT) { // else nothing of the unit was sent
      atSavepoint("ROLLBACK TO ");
    }
    failed = false;
  }

  private void atSavepoint(String what) throws SQLException, TransactionLeftException {
    try {
      sql(what + SET);
    } catch (SQLException e) {
      requireSavepoint(e);
      throw e;
    }
  }

  /** Sees that a failure does not say that the savepoint is gone. */
  void requireSavepoint(SQLException failure) throws TransactionLeftException {
    if (dialect.isSavepointMissing(failure)) {
      isLeft = true;
      broken = true;
      throw new TransactionLeftException(failure);
    }
  }

  /**
   * Has the database check now the constraints that it would otherwise check in {@code prepare} or
   * {@code commit}, so that the guilty message can still be found.
   */
  public void checkDeferredConstraints() throws SQLException {
    try {
      dialect.checkDeferredConstraints(connection);
    } catch (SQLException e) {
      throw judged(e);
    }
  }

  @Override
  public void commit() throws SQLException {
    requireLocal();
    if (!isIntact()) {
      throw new IllegalStateException("a part of the work has failed, it can only be rolled back");
    }
    try {
      connection.commit();
      mark = Mark.NONE;
    } catch (SQLException e) {
      throw judged(e);
    }
  }

  @Override
  public void rollback() throws SQLException {
    requireLocal();
    try {
      connection.rollback();
      positions.announce(List.of());
      marker.undone();
      failed = false;
      mark = Mark.NONE;
    } catch (SQLException e) {
      broken = true;
      throw e;
    }
  }

  @Override
  public JdbcInbox inbox(String delivery) {
    return new JdbcInbox(this, delivery);
  }

  /** The connection, for statements that are not templates. It ends with the session. */
  Connection jdbc() {
    return connection;
  }

  /** How the database is reached, and where Handfast's tables are. */
  DatabaseSettings settings() {
    return settings;
  }

  /**
   * Releases the savepoint, where there is one.
   *
   * @throws TransactionLeftException it is gone, and with it the transaction that it was set in
   */
  void leaveSavepoint() throws SQLException, TransactionLeftException {
    requireNothingFailed();
    if (mark == Mark.SAVEPOINT) {
      atSavepoint("RELEASE ");
    }
    mark = Mark.NONE;
  }

  /** Whether there is a savepoint to leave, and a script may do that with what follows. */
  boolean mayLeaveInScript() {
    requireNothingFailed();
    return mark == Mark.SAVEPOINT && runner.joinsCommands();
  }

  /** A script has left the savepoint. */
  void leftInScript() {
    mark = Mark.NONE;
  }

  @Override
  public Marker marker() {
    return marker;
  }

  @Override
  public Positions positions() {
    return positions;
  }

  @Override
  public DeadLetterTable deadLetters() {
    return new JdbcDeadLetterTable(this);
  }

  Dialect dialect() {
    return dialect;
  }

  @Override
  public SqlFailure classify(SQLException failure) {
    return dialect.classify(failure);
  }

  @Override
  public boolean isStopped(SQLException failure) {
    return dialect.isStopped(failure);
  }

  @Override
  public boolean isUsable() {
    try {
      return !broken && !connection.isClosed();
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public void abandon() {
    broken = true;
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      // Closed already, or by the following.
    }
    close();
  }

  @Override
  public void close() {
    broken = true;
    try {
      closing.close();
    } catch (SQLException e) {
      return; // the server ends what the connection held, or has done so already
    }
  }

  private void sql(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw judged(e);
    }
  }

  private boolean isIntact() {
    try {
      return !failed && !isLeft && !dialect.isTransactionFailed(connection);
    } catch (SQLException e) {
      return false;
    }
  }

  private SQLException judged(SQLException e) {
    failed = true;
    cache.forgetTypes();
    if (dialect.classify(e) == SqlFailure.INFRASTRUCTURE && !dialect.isConflict(e)) {
      broken = true;
    }
    return e;
  }

  private void requireLocal() {
    if (xaResource != null) {
      throw new IllegalStateException("the coordinator ends the branches of this session");
    }
  }

  private final class BranchWork implements WatchedXaResource.Work {

    @Override
    public void begins() {
      failed = false;
      mark = Mark.NONE;
      isLeft = false;
    }

    @Override
    public boolean isIntact() {
      return JdbcSession.this.isIntact();
    }

    @Override
    public boolean isUnpreparable(SQLException failure) {
      return dialect.isUnpreparable(failure);
    }

    @Override
    public void callFailed() {
      broken = true;
    }
  }
}
