package io.handfast.comparison;

import io.handfast.concurrent.Deadline;
import io.handfast.database.Database;
import io.handfast.database.DatabaseSession;
import io.handfast.database.InvalidStatementException;
import io.handfast.database.ParameterValues;
import io.handfast.database.PoisonException;
import io.handfast.database.QueryLimits;
import io.handfast.database.StatementResult;
import io.handfast.database.StatementTemplate;
import io.handfast.database.TransactionLeftException;
import io.handfast.message.BrokerAdministration;
import io.handfast.message.BrokerException;
import io.handfast.message.QueueState;
import io.handfast.node.Participants;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Creates, inspects and removes the queues and tables of comparisons. made, looked at, and removed.
 *
 * <p>Their names begin with the node's. A node's name has neither a dot nor an underscore, so that
 * what begins with {@code handfast.comparison.n1.} is never the node {@code n10}'s.
 */
final class TrialResources {

  private static final String QUEUES = "handfast.comparison.";
  private static final String TABLES = "handfast_comparison_";

  /** A table may still be locked by a branch that recovery has not ended yet. */
  private static final Duration TIME_TO_REMOVE = Duration.ofSeconds(20);

  private static final List<ParameterValues> ONE_RUN = List.of(parameter -> null);
  private static final QueryLimits COUNTING = new QueryLimits(1, Duration.ofMinutes(1));
  private static final long BETWEEN_LOOKS_MILLIS = 20;

  private final Participants participants;

  TrialResources(Participants participants) {
    this.participants = participants;
  }

  /** How the names of all queues begin that comparisons of a node have. */
  static String queuesOf(String node) {
    return QUEUES + node + ".";
  }

  /** How the names of all tables begin that comparisons of a node have. */
  static String tablesOf(String node) {
    return TABLES + node + "_";
  }

  /** The queue of one run, which is also the name of its delivery. */
  static String queue(String comparison, int run) {
    return QUEUES + comparison + "." + run;
  }

  /** The table of one run, in quotes: a node's name may have a hyphen. */
  static String table(String comparison, int run) {
    return '"' + TABLES + comparison.replace('.', '_') + "_" + run + '"';
  }

  /** Makes the table of a run; its queue comes with the first message. */
  void create(String database, String table) throws SQLException {
    // Without a key: a second row of one message must be possible, or it could not be counted.
    define(
        database(database),
        "CREATE TABLE " + table + "(id BIGINT NOT NULL, body VARCHAR(70000) NOT NULL)");
  }

  /** Compares a table with messages of which each had a number of its own, from 1. */
  Audit audit(String database, String table, long messages) throws SQLException {
    String sql = "SELECT COUNT(*) AS n, COUNT(DISTINCT id) AS different FROM " + table;
    try (DatabaseSession session = database(database).openLocal()) {
      StatementResult counts =
          session.query(StatementTemplate.parse(sql), ONE_RUN, List.of(), COUNTING);
      Iterator<@Nullable Object> row = counts.rows().get(0).values().iterator();
      long rows = (Long) row.next();
      long different = (Long) row.next();
      return new Audit(messages - different, rows - different);
    } catch (InvalidStatementException | PoisonException | TransactionLeftException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /**
   * Looks at a queue until it is as it should be.
   *
   * @param patience how long to look; once at least
   * @param betweenLooks may end the waiting with an exception
   * @return whether it was
   */
  boolean await(
      String queue, Predicate<QueueState> asItShouldBe, Duration patience, Runnable betweenLooks)
      throws BrokerException, InterruptedException {
    Deadline deadline = Deadline.after(patience);
    try (BrokerAdministration management = participants.broker().openAdministration()) {
      while (!asItShouldBe.test(management.queue(queue).orElse(QueueState.ABSENT))) {
        if (deadline.isOver()) {
          return false;
        }
        betweenLooks.run();
        Thread.sleep(BETWEEN_LOOKS_MILLIS);
      }
      return true;
    }
  }

  /** Removes what one run has left. */
  void remove(String database, String queue, String table) throws BrokerException, SQLException {
    removeQueues(queue);
    Database from = database(database);
    define(from, "DROP TABLE IF EXISTS " + table);
    from.clearInbox(queue);
  }

  /** Removes what this node's comparisons have left anywhere, and nothing of other nodes. */
  void removeAllOf(String node) throws BrokerException, SQLException {
    removeQueues(queuesOf(node));
    for (String name : participants.databaseNames()) {
      Database database = database(name);
      for (String table : database.tables(tablesOf(node))) {
        define(database, "DROP TABLE IF EXISTS \"" + table + '"');
      }
      database.clearInbox(queuesOf(node));
    }
  }

  private void removeQueues(String prefix) throws BrokerException {
    try (BrokerAdministration management = participants.broker().openAdministration()) {
      for (String queue : management.queuesBeginningWith(prefix)) {
        management.removeQueue(queue);
      }
    }
  }

  private static void define(Database database, String sql) throws SQLException {
    database.define(sql, TIME_TO_REMOVE);
  }

  private Database database(String name) {
    return participants.database(name).orElseThrow();
  }
}
