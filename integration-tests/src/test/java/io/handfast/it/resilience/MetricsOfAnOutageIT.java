package io.handfast.it.resilience;

import static io.handfast.it.harness.Eventually.eventually;
import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Scrape;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What monitoring reads of an outage, and of a database that does not answer. */
class MetricsOfAnOutageIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension final Scene scene = new Scene();

  private OrdersTable table;
  private RunnerProcess coordinator;

  @BeforeEach
  void start() throws Exception {
    table = OrdersTable.create(scene.database(), "orders");
    coordinator =
        scene.coordinator("n1", scene.external("n1").set("handfast.recovery.interval", "PT1S"));
    coordinator.start();
  }

  private Scrape scrape() {
    return new Scrape(coordinator.wire().get("/q/metrics").text());
  }

  private void deliver(int orders) throws Exception {
    coordinator
        .wire()
        .putDelivery("orders", DeliverySpec.of(scene.queue(), table).retry(2, "PT0.1S"));
    scene.artemis().address().send(scene.queue(), Orders.upTo(orders).bodies());
    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(orders));
  }

  @Test
  void anOutageAndWhatRecoveryMendsAreSeen() throws Exception {
    table.slow(Duration.ofMillis(10));
    coordinator.wire().putDelivery("orders", DeliverySpec.of(scene.queue(), table).batch(5));
    scene.artemis().address().send(scene.queue(), Orders.upTo(2_000).bodies());
    var auditor = scene.auditor(table);
    auditor.awaitRows(20, PATIENCE);
    coordinator.kill9When(() -> auditor.seesDecidedInTheDatabase(coordinator));
    scene.postgres().stop();
    String database = "participant=\"database\"";

    coordinator.start();

    eventually(
        () -> {
          assertThat(scrape().value("handfast_participant_up", database)).isZero();
          assertThat(scrape().value("handfast_transactions_in_doubt")).isPositive();
          assertThat(scrape().value("handfast_transactions_in_doubt_oldest_age_seconds"))
              .isBetween(0.1, 120.0);
        });
    assertThat(scrape().value("handfast_participant_up", "participant=\"broker\"")).isEqualTo(1);

    double inDoubt = scrape().value("handfast_transactions_in_doubt");
    scene.postgres().start();

    within(
        PATIENCE,
        () -> {
          assertThat(scrape().value("handfast_participant_up", database)).isEqualTo(1);
          assertThat(
                  scrape().value("handfast_recovery_branches_total", database, "action=\"commit\""))
              .as("those that the database had committed already are not among them")
              .isBetween(1.0, inDoubt);
          assertThat(scrape().value("handfast_transactions_in_doubt")).isZero();
        });
  }

  /** What the alert HandfastRecoveryStalled looks at, with its patience cut short. */
  @Test
  void recoveryThatHangsShowsInTheAgeOfItsScan() throws Exception {
    deliver(10);
    scene.postgres().freeze();
    try {
      within(PATIENCE, () -> assertThat(scanAge()).isGreaterThan(8));
    } finally {
      scene.postgres().thaw();
    }

    within(PATIENCE, () -> assertThat(scanAge()).isLessThan(3));
    assertThat(scrape().value("handfast_participant_up", "participant=\"database\"")).isEqualTo(1);
  }

  private double scanAge() {
    return scrape().value("handfast_recovery_scan_age_seconds");
  }
}
