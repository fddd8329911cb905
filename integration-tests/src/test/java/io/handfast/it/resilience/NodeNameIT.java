package io.handfast.it.resilience;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.ChildProcess.Exit;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Wire;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two coordinators of one name on one broker and one database: only one of them touches a branch.
 */
class NodeNameIT {
  private static final Orders SENT = Orders.upTo(2_000);
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** What a coordinator says that waits for its name, and one that cannot have it. */
  private static final String SAYS_TAKEN = "node name taken";

  private static final String SAYS_REFUSED =
      "^handfast\\.node: is 'n1', which another coordinator holds at ";

  @RegisterExtension final Scene scene = new Scene();

  private OrdersTable table;
  private Auditor auditor;
  private RunnerProcess first;

  @BeforeEach
  void arrange() throws Exception {
    table = OrdersTable.create(scene.database(), "orders").slow(Duration.ofMillis(10));
    auditor = scene.auditor(table);
    first = scene.coordinator("first", configuration());
    scene.artemis().address().send(scene.queue(), SENT.bodies());
  }

  private RunnerConfiguration configuration() throws Exception {
    return scene
        .external("n1")
        .set("handfast.recovery.interval", "PT1S")
        .delivery("orders", DeliverySpec.of(scene.queue(), table).batch(5));
  }

  private RunnerConfiguration impatient() throws Exception {
    return configuration().set("handfast.node-name-patience", "PT3S");
  }

  @Test
  void theSecondIsRefusedAndTheFirstGoesOnUndisturbed() throws Exception {
    first.start();
    auditor.awaitRows(100, PATIENCE);
    RunnerProcess second = scene.coordinator("second", impatient()).launch();

    assertRefused(second);

    assertThat(first.log().linesWith("\\bERROR\\b|\\baway\\b|branch recovered")).isEmpty();
    table.fast();
    auditor.awaitEveryMessageSettledOnce(SENT, PATIENCE);
  }

  @Test
  void aCopyOfTheRunningNodeRollsNothingBack() throws Exception {
    first.start();
    auditor.awaitRows(100, PATIENCE);
    RunnerProcess copy = scene.coordinator("copy", impatient());
    first.freezeWhen(auditor::seesPrepared);
    copy.copyDataOf(first);
    copy.launch();
    // One that is not held back has looked at the branches by then.
    eventually(() -> assertThat(copy.log().linesWith(SAYS_TAKEN + "|is ready")).isNotEmpty());

    first.process().thaw();

    assertRefused(copy);
    assertThat(copy.log().linesWith("branch recovered")).isEmpty();
    table.fast();
    auditor.awaitEveryMessageSettledOnce(SENT, PATIENCE);
    assertThat(table.distinctRows()).isEqualTo(SENT.last());
  }

  @Test
  void aKilledNodeIsFollowedAtOnce() throws Exception {
    first.start();
    for (int rows = 100; rows <= 300; rows += 100) {
      auditor.awaitRows(rows, PATIENCE);
      first.kill9();
      first.start();
    }

    table.fast();
    auditor.awaitEveryMessageSettledOnce(SENT, PATIENCE);
    assertThat(first.log().linesWith(SAYS_TAKEN)).isEmpty();
  }

  @Test
  void whoWaitsForTheNameCanBeStopped() throws Exception {
    first.start();
    RunnerProcess second = scene.coordinator("second", configuration()).launch();
    eventually(() -> assertThat(second.log().linesWith(SAYS_TAKEN)).hasSize(1));

    Exit exit = second.terminate();

    assertThat(exit.took()).isLessThan(Duration.ofSeconds(5));
    assertThat(exit.code()).as("exit code").isIn(0, 128 + 15);
    assertThat(second.log().linesWith(SAYS_REFUSED)).isEmpty();
    // Killed in the middle it would leave prepared branches on the broker that all tests share.
    table.fast();
    auditor.awaitEveryMessageSettledOnce(SENT, PATIENCE);
  }

  @Test
  void whoWaitsForTheNameGoesOnWhenItIsFree() throws Exception {
    first.start();
    auditor.awaitRows(100, PATIENCE);
    RunnerProcess second = scene.coordinator("second", configuration()).launch();
    eventually(() -> assertThat(second.log().linesWith(SAYS_TAKEN)).hasSize(1));
    answersWhileItWaits(second.wire());

    first.terminate();

    second.awaitReady();
    table.fast();
    auditor.awaitEveryMessageSettledOnce(SENT, PATIENCE);
  }

  /** Of the node's parts none exists yet that requests, checks and metrics are answered from. */
  private static void answersWhileItWaits(Wire wire) {
    assertThat(wire.health("/q/health/ready")).isEqualTo(503);
    assertThat(wire.get("/q/health/ready").text())
        .containsPattern("\"nodeNameTaken\": *\"broker, database\"")
        .doesNotContain("the service is starting");
    assertThat(wire.get("/v1/deliveries").status()).isEqualTo(503);
    assertThat(wire.get("/q/metrics").text()).contains("handfast_log_force_seconds");
  }

  @Test
  void aRunningNodeWhoseNameIsTakenStopsUntilItIsFree() throws Exception {
    first.start();
    auditor.awaitRows(100, PATIENCE);

    long rows;
    try (Connection other = takeNameInTheDatabase(scene.database())) {
      eventually(() -> assertThat(first.wire().health("/q/health/ready")).isEqualTo(503));
      assertThat(first.wire().get("/q/health/ready").text())
          .containsPattern("\"nodeNameTaken\": *\"database\"");
      assertThat(first.wire().recovery().json().path("scans").path(1).path("error").asText())
          .startsWith("the node name 'n1' is held at database by another coordinator, from 127");
      eventually(this::nothingMoves); // the units in flight have ended
      rows = table.rows();
      nothingMoves();
    }

    first.awaitReady();
    table.fast();
    auditor.awaitEveryMessageSettledOnce(SENT, PATIENCE);
    assertThat(rows).as("rows at the standstill").isLessThan(SENT.last());
  }

  @Test
  void embeddedRunsHaveABrokerEachAndDoNotMeet() {
    RunnerProcess one = scene.coordinator("one", scene.embedded(scene.embeddedBroker())).start();
    RunnerProcess other = scene.coordinator("other", scene.embedded(scene.embeddedBroker()));

    other.start();

    assertThat(one.log().linesWith("WARN|ERROR")).isEmpty();
    assertThat(other.log().linesWith("WARN|ERROR")).isEmpty();
  }

  private void nothingMoves() throws Exception {
    long rows = table.rows();
    Thread.sleep(1_000); // long enough for hundreds of rows
    assertThat(table.rows()).isEqualTo(rows);
  }

  /** Ends the session that holds the name, and holds it as another coordinator would. */
  private static Connection takeNameInTheDatabase(Database database) throws Exception {
    String isName =
        "locktype = 'advisory' AND mode = 'ExclusiveLock' AND granted AND database ="
            + " (SELECT oid FROM pg_database WHERE datname = current_database())";
    String key =
        database
            .values("SELECT classid::bigint << 32 | objid::bigint FROM pg_locks WHERE " + isName)
            .get(0);
    Connection other =
        DriverManager.getConnection(database.url(), database.username(), database.password());
    try (Statement statement = other.createStatement()) {
      statement.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE " + isName);
      statement.execute("SELECT pg_advisory_lock(" + key + ")");
    }
    return other;
  }

  private static void assertRefused(RunnerProcess second) {
    Exit exit = second.process().awaitExit(PATIENCE);

    assertThat(exit.code()).as(second.log().tail(20)).isEqualTo(1);
    assertThat(second.log().linesWith(SAYS_REFUSED))
        .singleElement()
        .asString()
        .contains("broker, from 127.0.0.1:", "at database, from 127.0.0.1:", "stop that one");
    assertThat(second.log().linesWith("^\\s+at ")).as("stack trace").isEmpty();
  }
}
