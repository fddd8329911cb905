package io.handfast.readiness;

import io.handfast.coordination.TransactionsConfig;
import io.handfast.database.DatabaseSettings;
import io.handfast.database.ServerSettings;
import io.handfast.delivery.DeliverySpecification;
import io.handfast.delivery.DeliverySpecification.HandlerCall;
import io.handfast.delivery.Guarantee;
import io.handfast.node.NodeConfig;
import io.handfast.node.Participants;
import io.handfast.readiness.Check.Findings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/** What PostgreSQL servers must be set to, one server at a time. */
final class PostgresChecks {

  /** The oldest one that the PostgreSQL project corrected in 2026. */
  private static final int OLDEST = 14;

  /** A scan for prepared branches, and one question such as these checks ask. */
  private static final int CONNECTIONS_OF_THE_NODE = 2;

  private PostgresChecks() {}

  /**
   * A server that was asked.
   *
   * @param database the name that the configuration has for the database
   */
  private record Server(String database, ServerSettings settings, CheckedState known) {

    /** Where a finding was made, as people and log know it. */
    String at() {
      return " at " + Participants.participantName(database);
    }

    SortedMap<String, DeliverySpecification> deliveries() {
      return known.consuming(database);
    }
  }

  private static Check check(String name, BiConsumer<Server, Findings> look) {
    return Check.ofDatabases(
        name,
        (known, findings) ->
            known
                .databases()
                .forEach(
                    (database, state) -> {
                      ServerSettings settings = state.server();
                      if (settings != null) {
                        look.accept(new Server(database, settings, known), findings);
                      }
                    }));
  }

  /** Whether the server is a release that still gets corrections. */
  static Check version() {
    return check(
        "postgresql-version",
        (server, findings) -> {
          if (server.settings.majorVersion() < OLDEST) {
            findings.warns(
                "server_version",
                "is %s%s, which gets no corrections any more and was not tested"
                    .formatted(server.settings.version(), server.at()),
                "use PostgreSQL " + OLDEST + " or later");
          }
        });
  }

  /**
   * Whether the server keeps over a crash what it has confirmed.
   *
   * <p>{@code PREPARE TRANSACTION} and {@code COMMIT PREPARED} wait for the disk whatever {@code
   * synchronous_commit} says, so two-phase commit does not depend on it.
   */
  static Check durability() {
    return check(
        "postgresql-durability",
        (server, findings) -> {
          if (!server.settings.isFsync()) {
            breaks(
                deliveries(server, spec -> spec.guarantee() != Guarantee.AT_MOST_ONCE),
                "fsync",
                "is off%s: a crash of its machine can lose prepared branches and commits whose messages are gone, and damage the database"
                    .formatted(server.at()),
                "set fsync = on",
                findings);
          }
          if (!server.settings.isSynchronousCommit()) {
            breaks(
                deliveries(server, PostgresChecks::isSettledByALocalCommit),
                "synchronous_commit",
                "is off%s: a crash of the server can lose commits under at-least-once and idempotency whose messages are gone"
                    .formatted(server.at()),
                "set synchronous_commit = on, for this user at least",
                findings);
          }
          if (!server.settings.isFullPageWrites()) {
            findings.warns(
                "full_page_writes",
                "is off%s: a crash of its machine can damage the database, prepared branches included, unless its file system never tears a page"
                    .formatted(server.at()),
                "set full_page_writes = on");
          }
        });
  }

  private static boolean isSettledByALocalCommit(DeliverySpecification delivery) {
    return delivery.guarantee() != Guarantee.AT_MOST_ONCE && !delivery.isTwoPhaseCommit();
  }

  private static List<String> deliveries(
      Server server, Predicate<DeliverySpecification> isConcerned) {
    return server.deliveries().entrySet().stream()
        .filter(delivery -> isConcerned.test(delivery.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Refuses the deliveries whose guarantee it breaks, and warns where there is none. */
  private static void breaks(
      List<String> deliveries, String key, String problem, String remedy, Findings findings) {
    if (deliveries.isEmpty()) {
      findings.warns(key, problem, remedy);
    } else {
      findings.refuses(
          key,
          problem + ", so it breaks the guarantee of " + String.join(", ", deliveries),
          remedy);
    }
  }

  /** Whether a server has room for all connections that this node may open. */
  static Check connections(TransactionsConfig transactions) {
    return check(
        "database-connections",
        (server, findings) -> {
          int consumers =
              server.deliveries().values().stream()
                  .mapToInt(DeliverySpecification::consumers)
                  .sum();
          int clients = Math.max(0, transactions.limit());
          int needed = consumers + clients + CONNECTIONS_OF_THE_NODE;
          int present = server.settings.connections();
          if (needed > present) {
            findings.warns(
                "max_connections",
                "leaves %d connections%s that are not reserved, and this node may open %d: %d consumers, %d client transactions (handfast.transactions.limit), %d for recovery and checks; without one recovery and consumers wait"
                    .formatted(
                        present, server.at(), needed, consumers, clients, CONNECTIONS_OF_THE_NODE),
                "raise max_connections by %d, more where others use the server too, or lower handfast.transactions.limit"
                    .formatted(needed - present));
          }
        });
  }

  /**
   * Whether the server ends a session that a client or a handler may still hold.
   *
   * <p>{@code statement_timeout} is not among these: it does not run between statements.
   */
  static Check sessionTimeouts(TransactionsConfig transactions) {
    return check(
        "database-session-timeouts",
        (server, findings) -> {
          SortedMap<String, Duration> idle = idle(server, transactions);
          ServerSettings settings = server.settings;
          longerThan(
              idle,
              "idle_in_transaction_session_timeout",
              settings.idleInTransactionTimeout(),
              server,
              findings);
          longerThan(idle, "transaction_timeout", settings.transactionTimeout(), server, findings);
        });
  }

  /** How long a transaction may lie idle for a client or a handler, by what says so. */
  private static SortedMap<String, Duration> idle(Server server, TransactionsConfig transactions) {
    SortedMap<String, Duration> idle = new TreeMap<>();
    idle.put("handfast.transactions.longest-lease", transactions.longestLease());
    server
        .deliveries()
        .forEach(
            (name, delivery) -> {
              HandlerCall handler = delivery.handler();
              if (handler != null) {
                idle.put("handler.timeout of delivery '" + name + "'", handler.timeout());
              }
            });
    return idle;
  }

  private static void longerThan(
      SortedMap<String, Duration> idle,
      String setting,
      Duration timeout,
      Server server,
      Findings findings) {
    List<String> longer =
        idle.entrySet().stream()
            .filter(time -> time.getValue().compareTo(timeout) >= 0)
            .map(time -> time.getKey() + " = " + time.getValue())
            .toList();
    if (!timeout.isZero() && !longer.isEmpty()) {
      findings.warns(
          setting,
          "is %s%s, not longer than %s: the server ends the session of a transaction that is still in flight, which is then rolled back"
              .formatted(timeout, server.at(), String.join(", ", longer)),
          "set it to 0 for this user, or to more than these");
    }
  }

  /**
   * Whether the driver waits for a reply for some time, and for longer than the server works on
   * one.
   *
   * <p>The time between statements, such as a handler's, does not count.
   */
  static Check socketTimeout(NodeConfig config) {
    return check(
        "database-socket-timeout",
        (server, findings) -> {
          String key = DatabaseChecks.urlKey(server.database);
          DatabaseSettings settings = DatabaseChecks.byUrlKey(config).get(key);
          Duration timeout = settings == null ? null : settings.answerTimeout().orElse(null);
          if (timeout == null) {
            return; // the dialect sets one
          }
          Duration statement = server.settings.statementTimeout();
          if (timeout.isZero()) {
            findings.warns(
                key,
                "has socketTimeout=0: a server that vanishes without a word holds consumers and recovery for ever",
                "leave socketTimeout out, or set it to more seconds than the slowest statement takes");
          } else if (!statement.isZero() && timeout.compareTo(statement) <= 0) {
            findings.warns(
                key,
                "has socketTimeout=%d, and statement_timeout is %s%s: a slow statement is left running by a cut connection, with its locks, while its unit is tried again"
                    .formatted(timeout.toSeconds(), statement, server.at()),
                "set socketTimeout to more seconds than statement_timeout");
          }
        });
  }
}
