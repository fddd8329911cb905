package io.handfast.database;

import io.handfast.database.MemoryServer.Row;
import io.handfast.database.MemoryServer.Unit;
import io.handfast.participant.NamedXaResource;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/** A session on a database in memory. */
public final class MemorySession implements DatabaseSession {

  private final MemoryDatabase database;
  private final MemoryServer server;
  private final MemoryBranches branches;
  private final @Nullable NamedXaResource xaResource;
  private Unit unit = new Unit();
  private boolean isFailed;
  private volatile boolean isBroken;
  private volatile boolean isClosed;
  private volatile boolean isLeft;

  MemorySession(MemoryDatabase database, boolean isXa) {
    this.database = database;
    this.server = database.server();
    this.branches = new MemoryBranches(this, server);
    this.xaResource =
        isXa
            ? new NamedXaResource(
                database.name(), "memory", new WatchedXaResource(branches, new BranchWork()))
            : null;
  }

  XAResource branches() {
    return branches;
  }

  /** The work of the transaction that goes on. */
  synchronized Unit unit() {
    return unit;
  }

  /** The work has ended, or does not belong to this session any more. */
  synchronized void beginUnit() {
    unit = new Unit();
    isFailed = false;
  }

  /** What a call of the port does. */
  @FunctionalInterface
  public interface Work {
    void run() throws SQLException;
  }

  /** Its user has lost it, and the server does not know yet: {@link #end()} tells it. */
  public void leave() {
    isBroken = true;
    isClosed = true;
    isLeft = true;
    database.closed(this);
  }

  /** One call: it can be lost before it reaches the server, and its answer after it did. */
  void call(String name, Work work) throws SQLException {
    try {
      requireOpen();
      database.seam().call(name, this, work);
      requireOpen();
    } catch (SQLException e) {
      isFailed = true;
      if (isLost(e)) {
        abandon();
      }
      throw e;
    }
  }

  MemorySeam seam() {
    return database.seam();
  }

  private void requireOpen() throws SQLException {
    if (isClosed) {
      throw MemoryServer.failure("the connection is closed", MemoryServer.CONNECTION_LOST);
    }
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
    boolean before = isFailed;
    isFailed = true; // until all of it is done, whichever way it ends
    List<Row> rows = new ArrayList<>();
    PoisonException unreadable = read(statements, messages, rows);
    call(
        "execute",
        () -> {
          for (Row row : rows) {
            run(row);
          }
        });
    if (unreadable != null) {
      throw unreadable;
    }
    isFailed = before;
  }

  /** Reads as many as can be read, since a real database may have applied those before. */
  private static @Nullable PoisonException read(
      List<StatementTemplate> statements,
      List<? extends ParameterValues> messages,
      List<Row> rows) {
    try {
      for (ParameterValues message : messages) {
        for (StatementTemplate statement : statements) {
          List<@Nullable Object> values = new ArrayList<>();
          for (Parameter parameter : statement.parameters()) {
            values.add(message.value(parameter));
          }
          rows.add(new Row(statement.sql(), values));
        }
      }
      return null;
    } catch (PoisonException e) {
      return e;
    }
  }

  private void run(Row row) throws SQLException {
    database.seam().runs(row.sql(), row.values());
    String[] words = row.sql().strip().split("[\\s(]+");
    if (words[0].equalsIgnoreCase("INSERT") && !row.values().isEmpty()) {
      String key = words[2] + " " + row.values().get(0);
      lock(key);
      if (server.has(unit, key)) {
        throw MemoryServer.failure("duplicate key: " + key, MemoryServer.UNIQUE_VIOLATION);
      }
      server.add(unit, key);
    }
    server.write(unit, row);
  }

  /** Waits for a lock through the seam, for as long as that allows. */
  void lock(String key) throws SQLException {
    while (!server.lock(unit, key)) {
      if (!database.seam().waits(key)) {
        throw MemoryServer.failure("waited for " + key, MemoryServer.LOCK_NOT_AVAILABLE);
      }
      requireOpen();
    }
  }

  @Override
  public void executeUndoably(
      List<StatementTemplate> statements,
      List<? extends ParameterValues> messages,
      boolean isRowExpected)
      throws SQLException, PoisonException {
    savepoint();
    execute(statements, messages);
  }

  @Override
  public StatementResult query(
      StatementTemplate statement,
      List<? extends ParameterValues> parameterRows,
      List<String> generatedKeys,
      QueryLimits limits)
      throws SQLException, PoisonException {
    execute(List.of(statement), parameterRows);
    return new StatementResult(parameterRows.size(), List.of(), List.of(), false);
  }

  @Override
  public void savepoint() throws SQLException {
    if (isFailed) {
      throw new IllegalStateException("a part of the work has failed, it must be undone first");
    }
    call("savepoint", () -> server.mark(unit));
  }

  @Override
  public void rollbackToSavepoint() throws SQLException {
    call("rollback to savepoint", () -> server.undo(unit));
    isFailed = false;
  }

  @Override
  public void commit() throws SQLException {
    requireLocal();
    if (isFailed) {
      throw new IllegalStateException("a part of the work has failed, it can only be rolled back");
    }
    call("commit", () -> server.commit(unit));
    beginUnit();
  }

  @Override
  public void rollback() throws SQLException {
    requireLocal();
    call("rollback", () -> server.rollback(unit));
    beginUnit();
  }

  private void requireLocal() {
    if (xaResource != null) {
      throw new IllegalStateException("the coordinator ends the branches of this session");
    }
  }

  @Override
  public SqlFailure classify(SQLException failure) {
    String state = String.valueOf(failure.getSQLState());
    return switch (state.substring(0, 2)) {
      case "08", "40", "53", "55" -> SqlFailure.INFRASTRUCTURE;
      case "42" -> SqlFailure.SUSPECT;
      default -> SqlFailure.POISON;
    };
  }

  static boolean isLost(SQLException failure) {
    return String.valueOf(failure.getSQLState()).startsWith("08");
  }

  @Override
  public boolean isStopped(SQLException failure) {
    return false;
  }

  @Override
  public boolean isUsable() {
    return !isBroken;
  }

  @Override
  public void abandon() {
    if (!isLeft) {
      close();
    }
  }

  /** The server undoes what is not prepared. */
  @Override
  public void close() {
    if (!isLeft) {
      end();
    }
  }

  /** The server notices that the connection is gone, or the user closes it. */
  public synchronized void end() {
    isBroken = true;
    isClosed = true;
    server.rollback(unit);
    database.closed(this);
  }

  void removeKeys(Collection<String> keys) throws SQLException {
    call(
        "remove",
        () -> {
          for (String key : new TreeSet<>(keys)) {
            lock(key);
            server.remove(unit, key);
          }
        });
  }

  @Override
  public Marker marker() {
    return new MemoryMarker(this, server);
  }

  @Override
  public Positions positions() {
    return new MemoryPositions(this, server);
  }

  @Override
  public DeadLetterTable deadLetters() {
    return new MemoryDeadLetterTable(this, server);
  }

  @Override
  public Inbox inbox(String delivery) {
    return new MemoryInbox(this, server, delivery);
  }

  private final class BranchWork implements WatchedXaResource.Work {

    @Override
    public void begins() {
      beginUnit();
    }

    @Override
    public boolean isIntact() {
      return !isFailed;
    }

    @Override
    public boolean isUnpreparable(SQLException failure) {
      return false;
    }

    @Override
    public void callFailed() {
      isBroken = true;
    }
  }
}
