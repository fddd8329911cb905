package io.handfast.database;

import io.handfast.participant.NamedXaResource;
import java.sql.SQLException;
import java.util.List;

/**
 * The port to one connection to a database, which serves one unit of work after the other.
 *
 * <p>Used by one thread. Closing it rolls an unfinished unit back and leaves a prepared branch
 * prepared.
 */
public interface DatabaseSession extends AutoCloseable {

  /**
   * The resource that holds the branches of this session, under the name of its database.
   *
   * @throws IllegalStateException the session is local
   */
  NamedXaResource xaResource();

  /**
   * Applies all statements to the first message, then all of them to the next, and so on, in as few
   * round trips as the driver allows.
   *
   * <p>A failure leaves the transaction with an unknown part of the work in it. It can then neither
   * be prepared nor committed: the caller goes back to a savepoint or gives the unit up.
   *
   * @throws PoisonException a message cannot be read
   * @throws SQLException the database refuses; {@link #classify(SQLException)} says whose fault it
   *     is
   */
  void execute(List<StatementTemplate> statements, List<? extends ParameterValues> messages)
      throws SQLException, PoisonException;

  /**
   * Marks a savepoint, applies as {@link #execute} does, and has deferred constraints checked, so
   * that a message at fault is found now and {@link #rollbackToSavepoint()} undoes all of it. Small
   * units take one round trip where the driver allows. The types that the statements ask for are
   * learnt after the savepoint, when they are run first and after a failure.
   *
   * @param isRowExpected whether a statement that changes no row fails
   * @throws IllegalStateException a part of the work has failed, and would come before the mark
   */
  void executeUndoably(
      List<StatementTemplate> statements,
      List<? extends ParameterValues> messages,
      boolean isRowExpected)
      throws SQLException, PoisonException;

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
  StatementResult query(
      StatementTemplate statement,
      List<? extends ParameterValues> parameterRows,
      List<String> generatedKeys,
      QueryLimits limits)
      throws SQLException, PoisonException, TransactionLeftException;

  /**
   * Marks the point to which {@link #rollbackToSavepoint()} returns; a second call moves it.
   *
   * @throws IllegalStateException a part of the work has failed, and would come before the mark
   */
  void savepoint() throws SQLException;

  /**
   * Undoes what was executed since the savepoint, which stays where it is.
   *
   * @throws TransactionLeftException it is gone: a statement has ended the transaction
   */
  void rollbackToSavepoint() throws SQLException, TransactionLeftException;

  /**
   * Commits a local transaction. A failure of SQL leaves open whether it is committed.
   *
   * @throws IllegalStateException a part of the work has failed; nothing is committed
   */
  void commit() throws SQLException;

  /** Rolls a local transaction back. */
  void rollback() throws SQLException;

  /** What a failure of this session means for its unit. */
  SqlFailure classify(SQLException failure);

  /** Whether a failure says that a statement was stopped for the time that it took. */
  boolean isStopped(SQLException failure);

  /**
   * Whether another unit may use the session: false after a failure that was neither a message's
   * fault nor a mere conflict, and after any failed call of the XA resource.
   */
  boolean isUsable();

  /**
   * Loses the connection from another thread, whatever its own is doing: a statement that waits for
   * a lock fails, and the server undoes what is not prepared.
   */
  void abandon();

  /** The inbox of a delivery, whose ids are written in this session's transactions. */
  Inbox inbox(String delivery);

  /** The marker of the database, which this session's transactions write. */
  Marker marker();

  /** How far partitions were applied, which this session's transactions write. */
  Positions positions();

  /** The dead letters of the database, which this session's transactions write. */
  DeadLetterTable deadLetters();

  /** Closes the connection. */
  @Override
  void close();
}
