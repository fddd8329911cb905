package io.handfast.readiness;

import static io.handfast.readiness.Configurations.check;
import static io.handfast.readiness.NodeChecksTest.assertFound;
import static io.handfast.readiness.NodeChecksTest.listOf;
import static io.handfast.readiness.Worlds.SOUND;
import static io.handfast.readiness.Worlds.delivery;
import static io.handfast.readiness.Worlds.on;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.database.Marker;
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

/** What databases may be named and set to; an empty last column passes. */
class DatabaseChecksTest {

  private static final String TEN_CLIENTS = "handfast.transactions.limit=10";

  /** Two deliveries under two-phase commit with 4 and 8 consumers, and one without, with 16. */
  private static final Map<String, DeliverySpecification> THREE =
      Map.of(
          "four", delivery("two-phase-commit", 4, null),
          "eight", delivery("two-phase-commit", 8, null),
          "local", delivery("idempotency", 16, null));

  @ParameterizedTest
  @CsvSource({
    "handfast.database.url=u,                ",
    "handfast.database.my-archive.url=u,     ",
    "handfast.database.archive.username=u,   refuses handfast.database.\"archive\".url",
    "handfast.database.\"a b\".url=u,        refuses handfast.database.\"a b\"",
  })
  void databaseNames(String line, String found) {
    assertFound(check("database-names", line), found);
  }

  @ParameterizedTest
  @CsvSource({
    "jdbc:h2:file:/d/x,                             local-commit,     ",
    "jdbc:h2:file:/d/x;WRITE_DELAY=0,               local-commit,     ",
    "jdbc:h2:file:/d/x;WRITE_DELAY=500;MODE=MySQL,  at-most-once,     warns handfast.database.url",
    "jdbc:h2:file:/d/x;WRITE_DELAY=500,             local-commit,     refuses handfast.database.url",
    "jdbc:h2:file:/d/x;write_delay=1,               two-phase-commit, refuses handfast.database.url",
    "jdbc:h2:file:/d/x;write_delay=1,               idempotency,      refuses handfast.database.url",
    "jdbc:h2:file:/d/x;write_delay=1,               at-least-once,    refuses handfast.database.url",
  })
  void h2WriteDelay(String url, String protocol, String found) {
    CheckedState known =
        new CheckedState(
            Map.of("orders", delivery(protocol, 4, null)),
            Map.of(
                NodeConfig.DEFAULT_DATABASE,
                new DatabaseState(OptionalInt.empty(), null, null, Worlds.NOW)),
            null,
            null);

    assertThat(Found.by(check("h2-write-delay", "handfast.database.url=" + url), known))
        .isEqualTo(listOf(found));
  }

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

    assertThat(Found.by(check("prepared-transactions", TEN_CLIENTS), known))
        .isEqualTo(listOf(found));
  }

  /** max_connections = 100, three of them reserved, and max_prepared_transactions = 0. */
  @Test
  void whatPostgresAllowsByDefaultIsEnoughForWhatHandfastTakesByDefault() {
    CheckedState known = on(server(0, 97, 18), Map.of("local", delivery("idempotency", 4, null)));

    assertThat(Found.by(check("prepared-transactions"), known)).isEmpty();
    assertThat(Found.by(check("database-connections"), known)).isEmpty();
    assertThat(Found.by(check("database-connections"), on(server(64, 97, 18), THREE))).isEmpty();
  }

  @Test
  void theRemedyNamesTheNumberToSet() {
    CheckedState known = on(server(8, 1000, 18), THREE);

    assertThat(check("prepared-transactions", TEN_CLIENTS).findings(known))
        .singleElement()
        .asString()
        .contains("is 8 at database", "12 consumers", "max_prepared_transactions = 22");
  }

  @Test
  void aDatabaseWithoutALimitPasses() {
    DatabaseState h2 = new DatabaseState(OptionalInt.empty(), null, null, Worlds.NOW);
    CheckedState known =
        new CheckedState(THREE, Map.of(NodeConfig.DEFAULT_DATABASE, h2), null, null);

    assertThat(Found.by(check("prepared-transactions", TEN_CLIENTS), known)).isEmpty();
    assertThat(Found.by(check("postgresql-durability"), known)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"39, warns max_connections", "40, "})
  void connections(int connections, String found) {
    CheckedState known = on(server(1000, connections, 18), THREE); // 28 consumers, 10 clients, 2

    assertThat(Found.by(check("database-connections", TEN_CLIENTS), known))
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

    assertThat(Found.by(check("postgresql-durability"), known)).isEqualTo(listOf(found));
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
    Check check =
        check(
            "database-session-timeouts",
            "handfast.transactions.lease=PT10S",
            "handfast.transactions.longest-lease=PT5M");

    assertThat(Found.by(check, known)).isEqualTo(listOf(found));
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
    String url = "handfast.database.url=jdbc:postgresql://db/shop" + parameters;
    CheckedState known = on(timeouts(Duration.ZERO, Duration.ZERO, statement), Map.of());

    assertThat(Found.by(check("database-socket-timeout", url), known)).isEqualTo(listOf(found));
  }

  @ParameterizedTest
  @CsvSource({
    "7/1, 7/1,  ",
    "7/1, 8/1,  warns handfast_marker_table.origin",
    "7/1, 7/2,  warns handfast_marker_table.origin",
    "'',  7/1,  ",
    "7/1, '',   ",
  })
  void markerOrigin(String recorded, String present, String found) {
    Marker.Origin marker = new Marker.Origin(recorded, present);
    DatabaseState state = new DatabaseState(OptionalInt.empty(), null, marker, Worlds.NOW);
    CheckedState known =
        new CheckedState(Map.of(), Map.of(NodeConfig.DEFAULT_DATABASE, state), null, null);

    assertThat(Found.by(check("marker-origin"), known)).isEqualTo(listOf(found));
  }

  @Test
  void aSoundServerPassesThemAll() {
    List<Check> checks =
        Configurations.checks(true).all().stream()
            .filter(check -> check.asks() == Check.Asks.DATABASES)
            .toList();

    assertThat(checks)
        .hasSize(9)
        .allSatisfy(check -> assertThat(Found.by(check, on(SOUND, THREE))).isEmpty());
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
