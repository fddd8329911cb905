package io.handfast.database;

import io.handfast.participant.Participant;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** The port to a database that takes part in transactions. Thread-safe. */
public interface Database extends Participant {

  /** Opens a session for branches. A database that does not answer costs seconds, not minutes. */
  DatabaseSession openXa() throws SQLException;

  /** Opens a session for local transactions. */
  DatabaseSession openLocal() throws SQLException;

  /** Where it is, without passwords: fit for logs. */
  String safeUrl();

  /** Whether a failure says that the user lacks a right. */
  boolean isForbidden(SQLException failure);

  /** Whether a failure says that the database takes no changes, such as a replica. */
  boolean isReadOnly(SQLException failure);

  /**
   * Has the database prepare each statement, without running any.
   *
   * @return the statements that it refuses; empty when all are good
   * @throws SQLException the database cannot be reached, so nothing is known about the statements
   */
  List<StatementProblem> verify(List<StatementTemplate> statements) throws SQLException;

  /**
   * How many branches the database keeps prepared at once: 0 means that it cannot take part in
   * two-phase commit as it is configured. Empty where there is no such limit.
   */
  OptionalInt maxPreparedTransactions() throws SQLException;

  /** What the database's server is set to; empty where there is none that could be asked. */
  Optional<ServerSettings> serverSettings() throws SQLException;

  /**
   * Creates the inbox where it is not there yet, and sees that it can be used.
   *
   * @throws SQLException it cannot, as {@link #isForbidden} tells also for lack of a right
   */
  void createInbox() throws SQLException;

  /**
   * Creates the tables of the marker where they are not there yet, and sees that they can be used.
   *
   * @throws SQLException they cannot, as {@link #isForbidden} tells also for lack of a right
   */
  void createMarker() throws SQLException;

  /** Where the marker was made; empty where there is none, or where this user may not read it. */
  Optional<Marker.Origin> markerOrigin() throws SQLException;

  /**
   * Notes in a row of the marker's table, which all nodes share, under which protocol this node
   * runs a delivery; but where another node runs it under another one.
   *
   * @param forgotten a node that has noted nothing for so long does not count
   * @return what the other node has noted; empty where it is noted, or where there is no table
   */
  Optional<Marker.Agreement> agree(Marker.Agreement mine, Duration forgotten) throws SQLException;

  /** Removes what {@link #agree} has noted, where this node was the last to note it. */
  void withdraw(Marker.Agreement mine) throws SQLException;

  /**
   * Creates the table of dead letters where it is not there yet, and sees that it can be used.
   *
   * @throws SQLException it cannot, as {@link #isForbidden} tells also for lack of a right
   */
  void createDeadLetters() throws SQLException;

  /** The ids that are in the inbox of a delivery; none where there is no inbox yet. */
  Set<String> inboxOf(String delivery) throws SQLException;

  /** Removes all ids of the deliveries whose names begin in this way. */
  void clearInbox(String deliveries) throws SQLException;

  /**
   * Runs one statement that defines or removes a table, and commits it.
   *
   * @param limit how long it may take
   */
  void define(String sql, Duration limit) throws SQLException;

  /** The tables of the user whose names begin in this way. */
  List<String> tables(String prefix) throws SQLException;
}
