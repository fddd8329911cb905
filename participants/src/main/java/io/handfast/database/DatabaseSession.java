package io.handfast.database;

import io.handfast.participant.NamedXaResource;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a database that serves one unit of work after the other.
 *
 * <p>Used by one thread. Prepared statements live as long as the session. Closing it rolls an
 * unfinished unit back and leaves a prepared branch prepared.
 */
public final class DatabaseSession implements AutoCloseable {

  static final String SAVEPOINT = "handfast";
  private static final String MARK = "SAVEPOINT " + SAVEPOINT;

  private final Dialect dialect;
  private final Connection connection;
  private final XaLink.Closing closing;
  private final @Nullable NamedXaResource xaResource;
  private final StatementCache cache;
  private final StatementRunner runner;
  private final String inboxTable;
  private volatile boolean broken;
  private boolean failed;
  private boolean isMarked;
  private boolean isLeft;

  private DatabaseSession(Dialect dialect, Connection connection, String inboxTable) {
    this.dialect = dialect;
    this.connection = connection;
    this.closing = connection::close;
    this.xaResource = null;
    this.cache = new StatementCache(dialect, connection);
    this.runner = dialect.runner(cache);
    this.inboxTable = inboxTable;
  }

  private DatabaseSession(String participant, Dialect dialect, XaLink link, String inboxTable) {
    this.dialect = dialect;
    this.connection = link.connection();
    this.closing = link.closing();
    this.xaResource =
        new NamedXaResource(
            participant, link.identity(), new WatchedXaResource(link.resource(), new BranchWork()));
    this.cache = new StatementCache(dialect, connection);
    this.runner = dialect.runner(cache);
    this.inboxTable = inboxTable;
  }

  static DatabaseSession local(Dialect dialect, DatabaseSettings settings) throws SQLException {
    return new DatabaseSession(dialect, dialect.openLocal(settings), Inbox.table(settings));
  }

  static DatabaseSession xa(String participant, Dialect dialect, DatabaseSettings settings)
      throws SQLException {
    return new DatabaseSession(
        participant, dialect, dialect.openXa(settings), Inbox.table(settings));
  }

  /**
   * The resource that holds the branches of this session, under the name of its database.
   *
   * @throws IllegalStateException the session is local
   */
  public NamedXaResource xaResource() {
    if (xaResource == null) {
      throw new IllegalStateException("a local session has no branches");
    }
    return xaResource;
  }

  /**
   * Applies all statements to the first message, then all of them to the next, and so on, in as few
   * round trips as the driver allows.
   *
   * <p>A failure leaves the transaction with an unknown part of the work in it. It can then neither
   * be prepared nor committed: the caller goes back to a savepoint or gives the unit up.
   *
   * @throws PoisonException a message cannot be read
   * @throws SQLException the database refuses; {@link Dialect#classify(SQLException)} says whose
   *     fault it is
   */
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

  /**
   * Marks a savepoint, applies as {@link #execute} does, and has deferred constraints checked, so
   * that a message at fault is found now and {@link #rollbackToSavepoint()} undoes all of it. Small
   * units take one round trip where the driver allows. The types that the statements ask for are
   * learnt after the savepoint, when they are run first and after a failure.
   *
   * @param isRowExpected whether a statement that changes no row fails
   * @throws IllegalStateException a part of the work has failed, and would come before the mark
   */
  public void executeUndoably(
      List<StatementTemplate> statements,
      List<? extends ParameterValues> messages,
      boolean isRowExpected)
      throws SQLException, PoisonException {
    if (isMarked || !executeInOneTrip(statements, messages, isRowExpected)) {
      savepoint();
      execute(statements, messages, isRowExpected);
      checkDeferredConstraints();
    }
  }

  /**
   * Only where there is no savepoint yet: should this one never reach the database, going back to
   * it must not go back to an earlier one.
   */
  private boolean executeInOneTrip(
      List<StatementTemplate> statements,
      List<? extends ParameterValues> messages,
      boolean isRowExpected)
      throws SQLException, PoisonException {
    requireNothingFailed();
    failed = true; // until all of it is done, whichever way it ends
    try {
      isMarked = runner.runMarked(MARK, statements, messages, isRowExpected);
      failed = false;
      return isMarked;
    } catch (SQLException e) {
      isMarked = true;
      throw judged(e);
    }
  }

  /**
   * Runs a statement for each row of parameters and tells what came of it; of a query, the rows for
   * the first.
   *
   * <p>Whatever the database says against the statement, the session stays usable: the client that
   * sent it goes back to a savepoint and may try another.
   *
   * @param limits how many rows a query answers with, and how long it may take
   * @throws PoisonException the parameters cannot be read, or the statement would end the
   *     transaction
   * @throws TransactionLeftException the statement has ended the transaction nevertheless: the
   *     session is of no use any more
   */
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

  /**
   * Marks the point to which {@link #rollbackToSavepoint()} returns; a second call moves it.
   *
   * @throws IllegalStateException a part of the work has failed, and would come before the mark
   */
  public void savepoint() throws SQLException {
    requireNothingFailed();
    sql(MARK);
    isMarked = true;
  }

  private void requireNothingFailed() {
    if (failed) {
      throw new IllegalStateException("a part of the work has failed, it must be undone first");
    }
  }

  /** Undoes what was executed since the savepoint, which stays where it is. */
  public void rollbackToSavepoint() throws SQLException {
    if (isMarked) { // else nothing of the unit was sent
      sql("ROLLBACK TO " + MARK);
    }
    failed = false;
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

  /**
   * Commits a local transaction. A failure of SQL leaves open whether it is committed.
   *
   * @throws IllegalStateException a part of the work has failed; nothing is committed
   */
  public void commit() throws SQLException {
    requireLocal();
    if (!isIntact()) {
      throw new IllegalStateException("a part of the work has failed, it can only be rolled back");
    }
    try {
      connection.commit();
      isMarked = false;
    } catch (SQLException e) {
      throw judged(e);
    }
  }

  /** Rolls a local transaction back. */
  public void rollback() throws SQLException {
    requireLocal();
    try {
      connection.rollback();
      failed = false;
      isMarked = false;
    } catch (SQLException e) {
      broken = true;
      throw e;
    }
  }

  /** The connection, for statements that are not templates. It ends with the session. */
  public Connection jdbc() {
    return connection;
  }

  /** The inbox's table, as it stands in SQL. */
  String inboxTable() {
    return inboxTable;
  }

  /**
   * Whether a table can be seen.
   *
   * @param schema null for the one that is searched first
   */
  boolean hasTable(@Nullable String schema, String table) throws SQLException {
    DatabaseMetaData metaData = connection.getMetaData();
    String stored = metaData.storesUpperCaseIdentifiers() ? table.toUpperCase(Locale.ROOT) : table;
    String in = schema == null ? connection.getSchema() : schema;
    try (ResultSet tables = metaData.getTables(connection.getCatalog(), in, stored, null)) {
      return tables.next();
    }
  }

  Dialect dialect() {
    return dialect;
  }

  /** What a failure of this session means for its unit. */
  public SqlFailure classify(SQLException failure) {
    return dialect.classify(failure);
  }

  /** Whether a failure says that a statement was stopped for the time that it took. */
  public boolean isStopped(SQLException failure) {
    return dialect.isStopped(failure);
  }

  /**
   * Whether another unit may use the session: false after a failure that was neither a message's
   * fault nor a mere conflict, and after any failed call of the XA resource.
   */
  public boolean isUsable() {
    try {
      return !broken && !connection.isClosed();
    } catch (SQLException e) {
      return false;
    }
  }

  /**
   * Loses the connection from another thread, whatever its own is doing: a statement that waits for
   * a lock fails, and the server undoes what is not prepared.
   */
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
      isMarked = false;
      isLeft = false;
    }

    @Override
    public boolean isIntact() {
      return DatabaseSession.this.isIntact();
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
