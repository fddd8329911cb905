package io.handfast.readiness;

import io.handfast.coordination.TransactionsConfig;
import io.handfast.database.DatabaseSettings;
import io.handfast.database.Marker;
import io.handfast.delivery.DeliverySpecification;
import io.handfast.delivery.DeliverySpecification.HandlerCall;
import io.handfast.delivery.Guarantee;
import io.handfast.node.NodeConfig;
import io.handfast.node.Participants;
import io.handfast.readiness.Check.Findings;
import io.handfast.readiness.CheckedState.DatabaseState;
import io.handfast.readiness.CheckedState.Server;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Checks the databases: their names, their URLs, and what PostgreSQL servers are set to. */
final class DatabaseChecks {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,32}");
  private static final String PREPARED = "max_prepared_transactions";

  /** A scan for prepared branches, and one question such as these checks ask. */
  private static final int CONNECTIONS_OF_THE_NODE = 2;

  private DatabaseChecks() {}

  /**
   * Whether every database has a URL, and a name that branch ids can carry. Without a name or a URL
   * there is no database.
   */
  static void names(NodeConfig config, Findings findings) {
    config
        .database()
        .forEach(
            (name, database) -> {
              if (!NAME.matcher(name).matches()) {
                findings.refuses(
                    "handfast.database.\"" + name + "\"",
                    "is a name that branch ids cannot carry",
                    "use 1 to 32 of A-Z, a-z, 0-9, _ and -");
              } else if (database.url().isEmpty() && !name.equals(NodeConfig.DEFAULT_DATABASE)) {
                findings.refuses(urlKey(name), "is not set", "give it a JDBC URL");
              }
            });
  }

  /** Whether H2 has written a commit before it confirms it. */
  static void h2WriteDelay(NodeConfig config, CheckedState known, Findings findings) {
    known.databases().keySet().forEach(name -> h2WriteDelay(config, name, known, findings));
  }

  private static void h2WriteDelay(
      NodeConfig config, String name, CheckedState known, Findings findings) {
    String key = urlKey(name);
    Optional.ofNullable(byUrlKey(config).get(key))
        .flatMap(DatabaseSettings::writeDelay)
        .map(Duration::toMillis)
        .ifPresent(
            delay ->
                breaks(
                    deliveries(
                        known.into(name), spec -> spec.guarantee() != Guarantee.AT_MOST_ONCE),
                    key,
                    "has WRITE_DELAY=%d: what was committed in the last %d ms before a crash is lost, though its messages are gone"
                        .formatted(delay, delay),
                    "leave WRITE_DELAY out, or set it to 0",
                    findings));
  }

  /**
   * Whether a database can keep as many branches prepared as this node may have at once. A branch
   * that cannot be prepared is rolled back: such a delivery would get nowhere.
   */
  static void preparedTransactions(
      TransactionsConfig transactions, CheckedState known, Findings findings) {
    int clients = clients(transactions);
    known
        .databases()
        .forEach((name, state) -> preparedTransactions(name, state, clients, known, findings));
  }

  private static void preparedTransactions(
      String database, DatabaseState state, int clients, CheckedState known, Findings findings) {
    if (state.maxPreparedTransactions().isEmpty()) {
      return;
    }
    int limit = state.maxPreparedTransactions().getAsInt();
    SortedMap<String, DeliverySpecification> deliveries = known.consuming(database);
    deliveries.values().removeIf(delivery -> !delivery.isTwoPhaseCommit());
    int consumers = consumers(deliveries);
    String is = "is %d at %s, and ".formatted(limit, Participants.participantName(database));
    String remedy =
        state.server() == null
            ? "use PostgreSQL, or H2 in a file"
            : "set max_prepared_transactions = %d in postgresql.conf, more where others use the server too, and restart PostgreSQL"
                .formatted(consumers + clients);
    List<Map.Entry<String, DeliverySpecification>> withoutRoom =
        deliveries.entrySet().stream()
            .filter(delivery -> delivery.getValue().consumers() > limit)
            .toList();
    for (Map.Entry<String, DeliverySpecification> delivery : withoutRoom) {
      findings.refuses(
          PREPARED,
          is
              + "two-phase commit of delivery '%s' needs one prepared transaction for each of its %d consumers"
                  .formatted(delivery.getKey(), delivery.getValue().consumers()),
          "declare it with \"protocol\": \"local-commit\", which prepares nothing in the database, or "
              + remedy);
    }
    boolean isUnused = limit == 0 && consumers == 0; // PostgreSQL's default, and nothing prepares
    if (withoutRoom.isEmpty() && !isUnused && consumers + clients > limit) {
      findings.warns(
          PREPARED,
          is
              + "this node may have %d prepared at once: %d consumers of two-phase-commit deliveries and %d client transactions (handfast.transactions.limit); what finds no room is rolled back and tried again"
                  .formatted(consumers + clients, consumers, clients),
          remedy);
    }
  }

  private static int consumers(Map<String, DeliverySpecification> deliveries) {
    return deliveries.values().stream().mapToInt(DeliverySpecification::consumers).sum();
  }

  private static int clients(TransactionsConfig transactions) {
    return Math.max(0, transactions.limit());
  }

  /**
   * Whether the server keeps over a crash what it has confirmed.
   *
   * <p>{@code PREPARE TRANSACTION} and {@code COMMIT PREPARED} wait for the disk whatever {@code
   * synchronous_commit} says, so two-phase commit does not depend on it.
   */
  static void durability(Server server, Findings findings) {
    if (!server.settings().isFsync()) {
      breaks(
          deliveries(server.deliveries(), spec -> spec.guarantee() != Guarantee.AT_MOST_ONCE),
          "fsync",
          "is off%s: a crash of its machine can lose prepared branches and commits whose messages are gone, and damage the database"
              .formatted(server.at()),
          "set fsync = on",
          findings);
    }
    if (!server.settings().isSynchronousCommit()) {
      breaks(
          deliveries(server.deliveries(), DatabaseChecks::isSettledByALocalCommit),
          "synchronous_commit",
          "is off%s: a crash of the server can lose commits under at-least-once and idempotency whose messages are gone"
              .formatted(server.at()),
          "set synchronous_commit = on, for this user at least",
          findings);
    }
    if (!server.settings().isFullPageWrites()) {
      findings.warns(
          "full_page_writes",
          "is off%s: a crash of its machine can damage the database, prepared branches included, unless its file system never tears a page"
              .formatted(server.at()),
          "set full_page_writes = on");
    }
  }

  private static boolean isSettledByALocalCommit(DeliverySpecification delivery) {
    return delivery.guarantee() != Guarantee.AT_MOST_ONCE
        && !delivery.isPrepared()
        && !delivery.isPositioned(); // whose sessions have each commit forced
  }

  private static List<String> deliveries(
      SortedMap<String, DeliverySpecification> all, Predicate<DeliverySpecification> isConcerned) {
    return all.entrySet().stream()
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

  /** Whether a message that cannot be applied can be kept. */
  static void deadLetterTable(CheckedState known, Findings findings) {
    known
        .databases()
        .forEach(
            (database, state) -> {
              if (state.deadLetters() != null) {
                findings.warns(
                    "handfast_dead_letter",
                    "cannot be used at %s (%s): a record that cannot be applied holds its partition"
                        .formatted(Participants.participantName(database), state.deadLetters()),
                    "grant SELECT, INSERT and DELETE on it, or CREATE in its schema");
              }
            });
  }

  /** Whether each marker is in the database that it was made in, and not in a copy of that. */
  static void markerOrigin(CheckedState known, Findings findings) {
    known
        .databases()
        .forEach(
            (name, state) -> {
              Marker.Origin marker = state.marker();
              if (marker != null && marker.isForeign()) {
                findings.warns(
                    "handfast_marker_table.origin",
                    "is %s at %s, which is %s: it was restored from a dump, copied, or upgraded; a marker that is older than the broker may tell wrongly of the last unit of a consumer"
                        .formatted(
                            marker.recorded(),
                            Participants.participantName(name),
                            marker.present()),
                    "in a copy beside its original delete this row; else compare the last rows with the branches in GET /v1/recovery, then UPDATE handfast_marker_table SET origin = '%s'"
                        .formatted(marker.present()));
              }
            });
  }

  /** Whether a server has room for all connections that this node may open. */
  static void connections(TransactionsConfig transactions, Server server, Findings findings) {
    int consumers = consumers(server.deliveries());
    int clients = clients(transactions);
    int needed = consumers + clients + CONNECTIONS_OF_THE_NODE;
    int present = server.settings().connections();
    if (needed > present) {
      findings.warns(
          "max_connections",
          "leaves %d connections%s that are not reserved, and this node may open %d: %d consumers, %d client transactions (handfast.transactions.limit), %d for recovery and checks; without one recovery and consumers wait"
              .formatted(present, server.at(), needed, consumers, clients, CONNECTIONS_OF_THE_NODE),
          "raise max_connections by %d, more where others use the server too, or lower handfast.transactions.limit"
              .formatted(needed - present));
    }
  }

  /**
   * Whether the server ends a session that a client or a handler may still hold.
   *
   * <p>{@code statement_timeout} is not among these: it does not run between statements.
   */
  static void sessionTimeouts(TransactionsConfig transactions, Server server, Findings findings) {
    SortedMap<String, Duration> idle = idle(transactions, server);
    longerThan(
        idle,
        "idle_in_transaction_session_timeout",
        server.settings().idleInTransactionTimeout(),
        server,
        findings);
    longerThan(
        idle, "transaction_timeout", server.settings().transactionTimeout(), server, findings);
  }

  /** How long a transaction may lie idle for a client or a handler, by what says so. */
  private static SortedMap<String, Duration> idle(TransactionsConfig transactions, Server server) {
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
  static void socketTimeout(NodeConfig config, Server server, Findings findings) {
    String key = urlKey(server.database());
    DatabaseSettings settings = byUrlKey(config).get(key);
    Duration timeout = settings == null ? null : settings.answerTimeout().orElse(null);
    if (timeout == null) {
      return; // the dialect sets one
    }
    Duration statement = server.settings().statementTimeout();
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
  }

  /** Whether a database has a URL that begins so. */
  static boolean isUsed(NodeConfig config, String scheme) {
    return byUrlKey(config).values().stream()
        .anyMatch(database -> database.url().startsWith(scheme));
  }

  /** Every database that has a URL, by the key of the URL. */
  private static Map<String, DatabaseSettings> byUrlKey(NodeConfig config) {
    Map<String, DatabaseSettings> databases = new TreeMap<>();
    config
        .database()
        .forEach(
            (name, database) ->
                database
                    .url()
                    .ifPresent(
                        url -> databases.put(urlKey(name), new DatabaseSettings(url, null, null))));
    return databases;
  }

  /** The key of a database's URL. */
  private static String urlKey(String database) {
    return database.equals(NodeConfig.DEFAULT_DATABASE)
        ? "handfast.database.url"
        : "handfast.database.\"" + database + "\".url";
  }
}
