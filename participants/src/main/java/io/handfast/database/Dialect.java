package io.handfast.database;

import static java.util.stream.Collectors.joining;

import io.handfast.participant.Fence;
import io.handfast.participant.NodeNameTakenException;
import io.handfast.participant.RecoverySession;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The port to what differs between database products. */
abstract class Dialect {

  Dialect() {}

  /**
   * The dialect of a JDBC URL.
   *
   * @throws IllegalArgumentException no dialect speaks to this scheme; the message lists those that
   *     are supported
   */
  static Dialect of(String url) {
    return find(url)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no support for this database URL; supported are "
                        + all().stream().map(Dialect::scheme).collect(joining(" and "))));
  }

  /** The dialect of a JDBC URL; empty where none speaks to its scheme. */
  static Optional<Dialect> find(String url) {
    return all().stream().filter(dialect -> url.startsWith(dialect.scheme())).findFirst();
  }

  /** Every dialect: one more product is one more class, and its name here. */
  private static List<Dialect> all() {
    return List.of(new PostgresDialect(), new H2Dialect());
  }

  /** How the JDBC URLs of the product begin. */
  abstract String scheme();

  /** The name of the product, for people. */
  abstract String product();

  /** The driver that is present, and the one that Handfast was built with. */
  abstract DriverVersion driver();

  /** For how long a URL lets the database leave a confirmed commit unwritten; empty for not. */
  Optional<Duration> writeDelay(String url) {
    return Optional.empty();
  }

  /** For how long the driver waits for an answer, where a URL says so; zero for ever. */
  Optional<Duration> answerTimeout(String url) {
    return Optional.empty();
  }

  /**
   * Judges a failed statement or commit by the first SQL state in its chain that says something.
   *
   * <p>A lost connection anywhere in the chain outweighs all. An unknown failure is {@link
   * SqlFailure#POISON}: that ends, after the attempts that the delivery allows, in the dead
   * letters, where nothing is lost; the other choice could repeat one message for ever.
   */
  final SqlFailure classify(SQLException failure) {
    List<SQLException> chain = chain(failure);
    for (SQLException link : chain) {
      if (isConnectionLost(link)) {
        return SqlFailure.INFRASTRUCTURE;
      }
    }
    for (SQLException link : chain) {
      SqlFailure judged = judge(link);
      if (judged != null) {
        return judged;
      }
    }
    return SqlFailure.POISON;
  }

  /** Whether a failure says that the user lacks a right. */
  final boolean isForbidden(SQLException failure) {
    return chain(failure).stream().anyMatch(this::isRightMissing);
  }

  /** Whether a failure says that a statement was stopped for the time that it took. */
  final boolean isStopped(SQLException failure) {
    return chain(failure).stream().anyMatch(this::isCancelled);
  }

  /** Whether units only stood in each other's way, so that the same unit may succeed at once. */
  final boolean isConflict(SQLException failure) {
    List<SQLException> chain = chain(failure);
    return chain.stream().noneMatch(this::isConnectionLost)
        && chain.stream().anyMatch(this::isLockConflict);
  }

  /** The failure of one link of the chain, or null if it says nothing. */
  abstract @Nullable SqlFailure judge(SQLException link);

  abstract boolean isConnectionLost(SQLException link);

  abstract boolean isLockConflict(SQLException link);

  abstract boolean isRightMissing(SQLException link);

  abstract boolean isCancelled(SQLException link);

  abstract boolean isReadOnly(SQLException link);

  /**
   * Whether the database will refuse to prepare what a transaction has done, now and later, though
   * it would commit it.
   */
  boolean isUnpreparable(SQLException failure) {
    return false;
  }

  /** What tells the transaction of a connection from the next one; null where nothing does. */
  @Nullable Object transactionOf(Connection connection) {
    return null;
  }

  /**
   * Whether a statement that has run has left the connection in the transaction that it began in.
   *
   * @param before {@link #transactionOf} before it ran, after {@link DatabaseSession#savepoint()}
   */
  abstract boolean isStillIn(
      Connection connection, StatementTemplate statement, @Nullable Object before)
      throws SQLException;

  /** Whether a failed connection was refused by a server that answered, for who asked or what. */
  abstract boolean isRefusal(SQLException link);

  /** Opens a connection without autocommit. */
  abstract Connection openLocal(DatabaseSettings settings) throws SQLException;

  /** Opens a connection that can hold branches. */
  abstract XaLink openXa(DatabaseSettings settings) throws SQLException;

  abstract RecoverySession openForRecovery(DatabaseSettings settings) throws SQLException;

  /**
   * Holds a node's name in the database.
   *
   * @param participant the name of the database, for messages
   * @param process tells the fences of one process, which share the name, from those of another
   */
  abstract Fence claim(DatabaseSettings settings, String participant, String node, long process)
      throws SQLException, NodeNameTakenException;

  abstract OptionalInt maxPreparedTransactions(Connection connection) throws SQLException;

  /** Which database a connection leads to; empty where that is not known. */
  String identity(Connection connection) throws SQLException {
    return "";
  }

  /** What a server is set to; empty where there is none that could be asked. */
  Optional<ServerSettings> serverSettings(Connection connection) throws SQLException {
    return Optional.empty();
  }

  /**
   * Has the server prepare a statement, without running it, and say what it asks for. What it
   * accepts here it accepts with every value that is bound: {@link #bind} gives it no other types.
   */
  abstract StatementDescription describe(Connection connection, StatementTemplate statement)
      throws SQLException;

  /** Binds what {@link ParameterTarget#fit} has made of a value. */
  abstract void bind(PreparedStatement to, int placeholder, @Nullable Object value)
      throws SQLException;

  /** Binds the values of many messages at one parameter of {@link StatementDescription#joined}. */
  void bindAll(
      PreparedStatement to, int placeholder, ParameterTarget target, List<@Nullable Object> values)
      throws SQLException {
    throw new IllegalStateException("no statement of this dialect is joined");
  }

  /** How the statements of a unit reach the server in the fewest round trips. */
  abstract StatementRunner runner(StatementCache cache);

  /** Whether nothing was done yet in the transaction of a connection, as far as that is known. */
  boolean isIdle(Connection connection) throws SQLException {
    return false;
  }

  /** Whether the server will roll the transaction back however it is ended. */
  abstract boolean isTransactionFailed(Connection connection) throws SQLException;

  /**
   * Writes ids into an inbox. Of two units with the same id, the second one waits for the first.
   *
   * @param ids in an order that is the same for all units, so that they do not deadlock
   * @return the ids that were not written, which were there before or came too late
   */
  Set<String> record(JdbcInbox inbox, Set<String> ids, Inbox.Terms terms) throws SQLException {
    return inbox.recordOneByOne(ids, terms);
  }

  /**
   * Removes ids from an inbox whose messages are gone since before a time.
   *
   * @return how many were removed, {@code max} at most
   */
  int expire(JdbcInbox inbox, OffsetDateTime goneBefore, int max) throws SQLException {
    return inbox.expireOneByOne(goneBefore, max);
  }

  /** What creates the index by which {@link #expire} finds them, if the product has a good one. */
  List<String> indexesOfGone(String inbox) {
    return List.of();
  }

  /** The expression of the time at which a statement runs, not of its transaction's begin. */
  String now() {
    return "CURRENT_TIMESTAMP";
  }

  /** The expression of a time in so many seconds. */
  abstract String later(String seconds);

  /** Whether a failure says that there is no savepoint of this name. */
  abstract boolean isSavepointMissing(SQLException failure);

  /**
   * What sets a session up whose commits are decisions.
   *
   * @param longest after this a transaction that stands still may be ended
   */
  abstract List<String> ofMarkedUnits(Duration longest);

  /** What begins a transaction that takes a slot over: it reads what is committed, and forces. */
  abstract List<String> ofTakeOver();

  /** Has constraints checked that the transaction had deferred. */
  abstract void checkDeferredConstraints(Connection connection) throws SQLException;

  private static final int MAX_CHAIN = 100;

  /** All SQL failures behind one, causes and siblings, nearest first. */
  static List<SQLException> chain(SQLException failure) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    List<SQLException> chain = new ArrayList<>();
    collect(failure, seen, chain);
    return chain;
  }

  private static void collect(
      @Nullable Throwable failure, Set<Throwable> seen, List<SQLException> chain) {
    if (failure == null || chain.size() >= MAX_CHAIN || !seen.add(failure)) {
      return;
    }
    if (failure instanceof SQLException sql) {
      chain.add(sql);
      collect(sql.getNextException(), seen, chain);
    }
    collect(failure.getCause(), seen, chain);
  }
}
