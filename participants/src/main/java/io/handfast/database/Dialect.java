package io.handfast.database;

import io.handfast.participant.Fence;
import io.handfast.participant.NodeNameTakenException;
import io.handfast.participant.RecoverySession;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What differs from one database product to the next. */
public abstract class Dialect {

  Dialect() {}

  /**
   * The dialect of a JDBC URL.
   *
   * @throws IllegalArgumentException no dialect speaks to this scheme; the message lists those that
   *     are supported
   */
  static Dialect of(String url) {
    if (url.startsWith(PostgresDialect.SCHEME)) {
      return new PostgresDialect();
    }
    if (url.startsWith(H2Dialect.SCHEME)) {
      return new H2Dialect();
    }
    throw new IllegalArgumentException(
        "no support for this database URL; supported are "
            + PostgresDialect.SCHEME
            + "// and "
            + H2Dialect.SCHEME);
  }

  /** The name of the product, for people. */
  abstract String product();

  /**
   * Judges a failed statement or commit by the first SQL state in its chain that says something.
   *
   * <p>A lost connection anywhere in the chain outweighs all. An unknown failure is {@link
   * SqlFailure#POISON}: that ends, after the attempts that the delivery allows, in the dead
   * letters, where nothing is lost; the other choice could repeat one message for ever.
   */
  public final SqlFailure classify(SQLException failure) {
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
  public final boolean isForbidden(SQLException failure) {
    return chain(failure).stream().anyMatch(this::isRightMissing);
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

  /** Binds what {@link Target#fit} has made of a value. */
  abstract void bind(PreparedStatement to, int placeholder, @Nullable Object value)
      throws SQLException;

  /** How the statements of a unit reach the server in the fewest round trips. */
  abstract StatementRunner runner(StatementCache cache);

  /** Whether the server will roll the transaction back however it is ended. */
  abstract boolean isTransactionFailed(Connection connection) throws SQLException;

  /** Whether {@code INSERT … SELECT … ON CONFLICT DO NOTHING RETURNING} works. */
  abstract boolean insertsManyKeys();

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
