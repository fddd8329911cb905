package io.handfast.readiness;

import static io.handfast.readiness.ConfigurationChecksTest.listOf;
import static io.handfast.readiness.Configurations.node;
import static io.handfast.readiness.Configurations.transactions;
import static io.handfast.readiness.Worlds.SOUND;
import static io.handfast.readiness.Worlds.delivery;
import static io.handfast.readiness.Worlds.on;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.coordination.TransactionsConfig;
import io.handfast.database.ServerSettings;
import io.handfast.delivery.DeliverySpecification;
import io.handfast.delivery.DeliverySpecification.HandlerCall;
import io.handfast.node.NodeConfig;
import io.handfast.readiness.CheckedState.DatabaseState;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What servers may be set to; an empty last column passes. */
class PostgresChecksTest {

  private static final TransactionsConfig TEN_CLIENTS =
      transactions("handfast.transactions.limit=10");

  /** Two deliveries under two-phase commit with 4 and 8 consumers, and one without, with 16. */
  private static final Map<String, DeliverySpecification> THREE =
      Map.of(
          "four", delivery("two-phase-commit", 4, null),
          "eight", delivery("two-phase-commit", 8, null),
          "local", delivery("idempotency", 16, null));

  @ParameterizedTest
  @CsvSource({
    "0,    refuses max_prepared_transactions + refuses max_prepared_transactions",
    "3,    refuses max_prepared_transactions + refuses max_prepared_transactions",
    "4,    refuses max_prepared_transactions",
    "7,    refuses max_prepared_transactions",
    "8,    warns max_prepared_transactions",
    "21,   warns max_prepared_transactions",
    "22,   ",
  })
  void preparedTransactions(int limit, String found) {
    CheckedState known = on(server(limit, 1000, 18), THREE);

    assertThat(Found.by(DatabaseChecks.preparedTransactions(TEN_CLIENTS), known))
        .isEqualTo(listOf(found));
  }

  /** max_connections = 100, three of them reserved, and max_prepared_transactions = 0. */
  @Test
  void whatPostgresAllowsByDefaultIsEnoughForWhatHandfastTakesByDefault() {
    TransactionsConfig byDefault = transactions();
    CheckedState known = on(server(0, 97, 18), Map.of("local", delivery("idempotency", 4, null)));

    assertThat(Found.by(DatabaseChecks.preparedTransactions(byDefault), known)).isEmpty();
    assertThat(Found.by(PostgresChecks.connections(byDefault), known)).isEmpty();
    assertThat(Found.by(PostgresChecks.connections(byDefault), on(server(64, 97, 18), THREE)))
        .isEmpty();
  }

  @Test
  void theRemedyNamesTheNumberToSet() {
    CheckedState known = on(server(8, 1000, 18), THREE);

    assertThat(DatabaseChecks.preparedTransactions(TEN_CLIENTS).findings(known))
        .singleElement()
        .asString()
        .contains("is 8 at database", "12 consumers", "max_prepared_transactions = 22");
  }

  @Test
  void aDatabaseWithoutALimitPasses() {
    DatabaseState h2 = new DatabaseState(OptionalInt.empty(), null, Worlds.NOW);
    CheckedState known =
        new CheckedState(THREE, Map.of(NodeConfig.DEFAULT_DATABASE, h2), null, null);

    assertThat(Found.by(DatabaseChecks.preparedTransactions(TEN_CLIENTS), known)).isEmpty();
    assertThat(Found.by(PostgresChecks.durability(), known)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"39, warns max_connections", "40, "})
  void connections(int connections, String found) {
    CheckedState known = on(server(1000, connections, 18), THREE); // 28 consumers, 10 clients, 2

    assertThat(Found.by(PostgresChecks.connections(TEN_CLIENTS), known)).isEqualTo(listOf(found));
  }

  @ParameterizedTest
  @CsvSource({"13, warns server_version", "14, ", "18, "})
  void serverVersion(int major, String found) {
    assertThat(Found.by(PostgresChecks.version(), on(server(1000, 1000, major), Map.of())))
        .isEqualTo(listOf(found));
  }

  @ParameterizedTest
  @CsvSource({
    "two-phase-commit,   true,    true,    true,    ",
    "two-phase-commit,   false,   true,    true,    refuses fsync",
    "two-phase-commit,   true,    false,   true,    warns synchronous_commit",
    "two-phase-commit,   true,    true,    false,   warns full_page_writes",
    "idempotency,        true,    false,   true,    refuses synchronous_commit",
    "at-least-once,      true,    false,   true,    refuses synchronous_commit",
    "at-least-once,      false,   true,    true,    refuses fsync",
    "at-most-once,       true,    false,   true,    warns synchronous_commit",
    "at-most-once,       false,   true,    true,    warns fsync",
    "at-least-once,      false,   false,   true,    refuses fsync + refuses synchronous_commit",
  })
  void durability(String protocol, boolean fsync, boolean commit, boolean pages, String found) {
    ServerSettings server =
        new ServerSettings(
            "18.6",
            18,
            1000,
            1000,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            fsync,
            commit,
            pages);
    CheckedState known = on(server, Map.of("orders", delivery(protocol, 4, null)));

    assertThat(Found.by(PostgresChecks.durability(), known)).isEqualTo(listOf(found));
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S,    PT0S,    ",
    "PT1M,    PT0S,    warns idle_in_transaction_session_timeout",
    "PT10M,   PT0S,    warns idle_in_transaction_session_timeout",
    "PT11M,   PT0S,    ",
    "PT0S,    PT4M,    warns transaction_timeout",
    "PT0S,    PT11M,   ",
    "PT4M,    PT4M,    warns idle_in_transaction_session_timeout + warns transaction_timeout",
  })
  void sessionTimeouts(Duration idle, Duration transaction, String found) {
    HandlerCall handler = new HandlerCall(URI.create("http://h/"), Duration.ofMinutes(10));
    ServerSettings server = timeouts(idle, transaction, Duration.ofSeconds(5));
    CheckedState known = on(server, Map.of("orders", delivery("two-phase-commit", 4, handler)));
    TransactionsConfig leases =
        transactions(
            "handfast.transactions.lease=PT10S", "handfast.transactions.longest-lease=PT5M");

    assertThat(Found.by(PostgresChecks.sessionTimeouts(leases), known)).isEqualTo(listOf(found));
  }

  @ParameterizedTest
  @CsvSource({
    "'',                              PT5M,   ",
    "?socketTimeout=0,                PT0S,   warns handfast.database.url",
    "?ssl=true&socketTimeout=30,      PT0S,   ",
    "?ssl=true&socketTimeout=30,      PT31S,  warns handfast.database.url",
    "?ssl=true&socketTimeout=30,      PT30S,  warns handfast.database.url",
    "?ssl=true&socketTimeout=30,      PT29S,  ",
  })
  void socketTimeout(String parameters, Duration statement, String found) {
    NodeConfig config = node("handfast.database.url=jdbc:postgresql://db/shop" + parameters);
    CheckedState known = on(timeouts(Duration.ZERO, Duration.ZERO, statement), Map.of());

    assertThat(Found.by(PostgresChecks.socketTimeout(config), known)).isEqualTo(listOf(found));
  }

  @Test
  void aSoundServerPassesThemAll() {
    TransactionsConfig defaults = transactions();
    List<Check> checks =
        List.of(
            PostgresChecks.version(),
            PostgresChecks.durability(),
            DatabaseChecks.preparedTransactions(defaults),
            PostgresChecks.connections(defaults),
            PostgresChecks.sessionTimeouts(defaults),
            PostgresChecks.socketTimeout(node()));

    assertThat(checks).allSatisfy(check -> assertThat(Found.by(check, on(SOUND, THREE))).isEmpty());
  }

  private static ServerSettings server(int prepared, int connections, int major) {
    return new ServerSettings(
        major + ".1",
        major,
        prepared,
        connections,
        Duration.ZERO,
        Duration.ZERO,
        Duration.ZERO,
        true,
        true,
        true);
  }

  private static ServerSettings timeouts(Duration idle, Duration transaction, Duration statement) {
    return new ServerSettings(
        "18.6", 18, 1000, 1000, idle, transaction, statement, true, true, true);
  }
}
