package io.handfast.it.resilience;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.ArtemisProcess;
import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.PostgresProcess;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The broker or the database goes away and comes back: the coordinator waits and continues. */
class OutageIT {
  private static final Orders SENT = Orders.upTo(2_000);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Long enough for several attempts to connect. */
  private static final Duration OUTAGE = Duration.ofSeconds(2);

  private static final String SAYS_DOWN =
      "\\baway\\b|\\bdown\\b|unreachable|unavailable|interrupted";

  @RegisterExtension final Scene scene = new Scene();

  private ArtemisProcess artemis;
  private PostgresProcess postgres;
  private Auditor auditor;
  private RunnerProcess coordinator;

  @BeforeEach
  void arrange() throws Exception {
    artemis = scene.artemis();
    postgres = scene.postgres();
    OrdersTable table = OrdersTable.create(scene.database(), "orders").slow(Duration.ofMillis(2));
    auditor = scene.auditor(table);
    RunnerConfiguration configuration =
        scene.external("n1").delivery("orders", DeliverySpec.of(scene.queue(), table).batch(5));
    coordinator = scene.coordinator("n1", configuration);
  }

  @Test
  void brokerThatIsDownAtTheStartIsWaitedFor() throws Exception {
    artemis.stop();
    coordinator.launch().awaitLive();
    coordinatorSaysThatItIsDown();
    Thread.sleep(OUTAGE.toMillis());
    artemis.start();

    artemis.address().send(scene.queue(), SENT.bodies());

    auditor.awaitEveryMessageSettledOnce(SENT, PATIENCE);
    saidSoOnce();
  }

  @Test
  void databaseThatIsDownAtTheStartIsWaitedFor() throws Exception {
    artemis.address().send(scene.queue(), SENT.bodies());
    postgres.stop();
    coordinator.launch().awaitLive();
    coordinatorSaysThatItIsDown();
    Thread.sleep(OUTAGE.toMillis());

    postgres.start();

    auditor.awaitEveryMessageSettledOnce(SENT, PATIENCE);
    saidSoOnce();
  }

  @Test
  void databaseKilledInTheMiddleCostsNothing() throws Exception {
    coordinator.start();
    artemis.address().send(scene.queue(), SENT.bodies());
    auditor.awaitRows(300, PATIENCE);

    postgres.kill9();
    coordinatorSaysThatItIsDown();
    Thread.sleep(OUTAGE.toMillis());
    postgres.start();

    auditor.awaitEveryMessageSettledOnce(SENT, PATIENCE);
    saidSoOnce();
    assertThat(auditor.ledger().in("dead letters")).as("an outage costs no attempts").isZero();
  }

  /** Branches in it are prepared, and decided, when it goes. */
  @Test
  void databaseThatIsAwayWhenTheCoordinatorIsKilledTwiceStillGetsWhatWasDecided() throws Exception {
    coordinator.start();
    artemis.address().send(scene.queue(), SENT.bodies());
    auditor.awaitRows(300, PATIENCE);
    coordinator.kill9When(() -> auditor.seesDecidedInTheDatabase(coordinator));
    postgres.kill9();

    coordinator.start();
    recoveryAsksTheDatabaseAgain();
    coordinator.kill9();
    coordinator.start();
    recoveryAsksTheDatabaseAgain();
    postgres.start();

    auditor.awaitEveryMessageSettledOnce(SENT, PATIENCE);
    assertThat(coordinator.log().linesWith("branch recovered .*participant=database.*commit"))
        .isNotEmpty();
  }

  private void recoveryAsksTheDatabaseAgain() {
    Set<String> scans = new HashSet<>();
    eventually(
        () -> {
          for (JsonNode scan : coordinator.wire().recovery().json().path("scans")) {
            if (scan.path("participant").asText().equals("database")) {
              assertThat(scan.path("error").asText()).as("error").isNotEmpty();
              scans.add(scan.path("at").asText());
            }
          }
          assertThat(scans).as("scans in vain").hasSizeGreaterThanOrEqualTo(3);
        });
  }

  @Test
  void brokerKilledInTheMiddleCostsNothing() throws Exception {
    coordinator.start();
    artemis.address().send(scene.queue(), SENT.bodies());
    auditor.awaitRows(300, PATIENCE);

    artemis.kill9();
    coordinatorSaysThatItIsDown();
    Thread.sleep(OUTAGE.toMillis());
    artemis.start();

    auditor.awaitEveryMessageSettledOnce(SENT, PATIENCE);
    saidSoOnce();
    assertThat(auditor.ledger().in("dead letters")).as("an outage costs no attempts").isZero();
  }

  private void coordinatorSaysThatItIsDown() {
    eventually(() -> assertThat(coordinator.log().linesWith(SAYS_DOWN)).isNotEmpty());
  }

  private void saidSoOnce() {
    assertThat(coordinator.log().linesWith(SAYS_DOWN)).hasSizeLessThanOrEqualTo(3);
  }
}
