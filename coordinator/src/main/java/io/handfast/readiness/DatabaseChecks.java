package io.handfast.readiness;

import io.handfast.coordination.TransactionsConfig;
import io.handfast.database.DatabaseSettings;
import io.handfast.database.DriverVersion;
import io.handfast.delivery.DeliverySpecification;
import io.handfast.node.NodeConfig;
import io.handfast.node.Participants;
import io.handfast.readiness.Check.Findings;
import io.handfast.readiness.CheckedState.DatabaseState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What must be right with the databases, their URLs and their drivers. */
final class DatabaseChecks {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,32}");
  private static final String PREPARED = "max_prepared_transactions";

  private DatabaseChecks() {}

  /**
   * Whether every database has a URL, and a name that branch ids can carry. Without a name or a URL
   * there is no database.
   */
  static Check names(NodeConfig config) {
    return Check.ofNode(
            "database-names",
            findings ->
                config
                    .database()
                    .forEach(
                        (name, database) -> {
                          if (!NAME.matcher(name).matches()) {
                            findings.refuses(
                                "handfast.database.\"" + name + "\"",
                                "is a name that branch ids cannot carry",
                                "use 1 to 32 of A-Z, a-z, 0-9, _ and -");
                          } else if (database.url().isEmpty()
                              && !name.equals(NodeConfig.DEFAULT_DATABASE)) {
                            findings.refuses(urlKey(name), "is not set", "give it a JDBC URL");
                          }
                        }))
        .notAcceptable();
  }

  /** Whether H2 is the one whose inner parts Handfast was written against. */
  static Check h2Version(NodeConfig config, DriverVersion version) {
    return Check.ofNode(
        "h2-version",
        findings -> {
          String database = Participants.participantName(NodeConfig.DEFAULT_DATABASE);
          boolean isUsed =
              NodeConfig.embedded(config).contains(database) || isUsed(config, version.scheme());
          if (isUsed && !version.present().equals(version.builtWith())) {
            findings.refuses(
                "com.h2database:h2",
                "is %s on the class path: two-phase commit with H2 uses inner parts of %s, which another version may have changed"
                    .formatted(version.present(), version.builtWith()),
                "put " + version.builtWith() + " there");
          }
        });
  }

  /** Whether H2 has written a commit before it confirms it. */
  static Check h2WriteDelay(NodeConfig config) {
    return Check.ofNode(
        "h2-write-delay",
        findings ->
            byUrlKey(config)
                .forEach(
                    (key, database) ->
                        database
                            .writeDelay()
                            .map(Duration::toMillis)
                            .ifPresent(
                                delay ->
                                    findings.warns(
                                        key,
                                        "has WRITE_DELAY=%d: what was committed in the last %d ms before a crash is lost, though its messages are gone"
                                            .formatted(delay, delay),
                                        "leave WRITE_DELAY out, or set it to 0"))));
  }

  /** Whether the PostgreSQL driver is at least the one that Handfast was tested with. */
  static Check postgresDriver(NodeConfig config, DriverVersion version) {
    return Check.ofNode(
        "postgresql-driver",
        findings -> {
          boolean isOlder =
              VersionNumber.of(version.builtWith())
                  .filter(built -> built.isNewerThan(version.present()))
                  .isPresent();
          if (isOlder && isUsed(config, version.scheme())) {
            findings.warns(
                "org.postgresql:postgresql",
                "is %s on the class path, older than the %s that was tested"
                    .formatted(version.present(), version.builtWith()),
                "put " + version.builtWith() + " or later there");
          }
        });
  }

  /**
   * Whether a database can keep as many branches prepared as this node may have at once. A branch
   * that cannot be prepared is rolled back: such a delivery would get nowhere.
   */
  static Check preparedTransactions(TransactionsConfig transactions) {
    int clients = Math.max(0, transactions.limit());
    return Check.ofDatabases(
            "prepared-transactions",
            (known, findings) ->
                known
                    .databases()
                    .forEach((name, state) -> prepared(name, state, clients, known, findings)))
        .notAcceptable();
  }

  private static void prepared(
      String database, DatabaseState state, int clients, CheckedState known, Findings findings) {
    if (state.maxPreparedTransactions().isEmpty()) {
      return;
    }
    int limit = state.maxPreparedTransactions().getAsInt();
    SortedMap<String, DeliverySpecification> deliveries = known.consuming(database);
    deliveries.values().removeIf(delivery -> !delivery.isTwoPhaseCommit());
    int consumers = deliveries.values().stream().mapToInt(DeliverySpecification::consumers).sum();
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
          remedy);
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

  /** The key of a database's URL. */
  static String urlKey(String database) {
    return database.equals(NodeConfig.DEFAULT_DATABASE)
        ? "handfast.database.url"
        : "handfast.database.\"" + database + "\".url";
  }

  /** Every database that has a URL, by the key of the URL. */
  static Map<String, DatabaseSettings> byUrlKey(NodeConfig config) {
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

  private static boolean isUsed(NodeConfig config, String scheme) {
    return byUrlKey(config).values().stream()
        .anyMatch(database -> database.url().startsWith(scheme));
  }
}
