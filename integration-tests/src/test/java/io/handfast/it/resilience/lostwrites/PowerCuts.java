package io.handfast.it.resilience.lostwrites;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.Broker;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Eventually;
import io.handfast.it.harness.Faults;
import io.handfast.it.harness.Faults.Dropped;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Tampering;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A coordinator whose power fails again and again, between a broker and a database whose does not.
 *
 * <p>By turns it fails at any moment under load, between the two commits of a unit, and at any
 * moment of a start. Each other time a first part of what was not forced reached the disk.
 */
final class PowerCuts {
  private static final int PORTION = 500;
  private static final int LATEST_MILLIS_OF_A_START = 4_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Random random;
  private final Broker broker;
  private final Auditor auditor;
  private final OrdersTable table;
  private final RunnerProcess coordinator;
  private final Faults faults;
  private long sent;
  private int cuts;
  private Dropped dropped = Dropped.NOTHING;

  PowerCuts(Scene scene, Tampering tampering, Random random) throws Exception {
    this.random = random;
    this.table = OrdersTable.create(scene.database(), "orders");
    this.broker = scene.artemis().address();
    this.auditor = scene.auditor(table);
    DeliverySpec delivery = DeliverySpec.of(scene.queue(), table).consumers(8).batch(2);
    this.coordinator = scene.coordinator("n1", scene.external("n1").delivery("orders", delivery));
    this.faults = Faults.of(coordinator);
    coordinator.tamperedWith(faults.tampering().and(tampering)).start();
  }

  /** Fails the power once under a new load, and starts again. */
  void cut() throws Exception {
    faults.forcesTake(Duration.ofMillis(5 + random.nextInt(20)));
    sendPortion();
    switch (cuts % 3) {
      case 0 -> coordinator.kill9();
      case 1 -> coordinator.kill9When(this::isBetweenTwoCommits);
      default -> {
        coordinator.kill9();
        coordinator.launch();
        Thread.sleep(random.nextInt(LATEST_MILLIS_OF_A_START));
        coordinator.kill9();
      }
    }
    dropped = dropped.plus(dropWrites());
    cuts++;
    faults.forcesTake(Duration.ZERO);
    coordinator.start();
  }

  /** The moment is short: the load must last until it is met. */
  private boolean isBetweenTwoCommits() throws Exception {
    if (table.rows() > sent - PORTION / 2) {
      broker.send(auditor.queue(), nextPortion().bodies());
    }
    return auditor.seesPreparedInTheDatabaseOnly();
  }

  private Orders nextPortion() {
    Orders portion = new Orders(sent + 1, sent + PORTION);
    sent += PORTION;
    return portion;
  }

  /** Sends messages and waits until some of them, and any number of them, are rows. */
  private void sendPortion() throws Exception {
    long before = table.rows();
    coordinator.wire().sendLines(auditor.queue(), nextPortion().ndjson());
    auditor.awaitRows(before + 1 + random.nextInt(PORTION / 3), PATIENCE);
  }

  private Dropped dropWrites() {
    return cuts % 2 == 0 ? faults.dropUnforcedWrites() : faults.dropSomeUnforcedWrites(random);
  }

  /** What is lost or doubled, once everything is settled. */
  List<String> brokenPromises() throws Exception {
    Eventually.within(
        PATIENCE,
        () -> {
          assertThat(auditor.prepared()).as("prepared").isEmpty();
          assertThat(coordinator.wire().queue(auditor.queue()).json().path("messages").asInt(-1))
              .as("messages left")
              .isZero();
          assertThat(coordinator.wire().recovery().json().path("inDoubt")).isEmpty();
        });
    return auditor.ledger().brokenPromises(Orders.upTo(sent).ids());
  }

  /** What the coordinator says where it finds by itself that its log has lost something. */
  Optional<List<String>> refusalToStart() {
    List<String> refusals = coordinator.log().linesWith("^the decision log is damaged");
    return refusals.isEmpty() ? Optional.empty() : Optional.of(List.of(refusals.get(0)));
  }

  long sent() {
    return sent;
  }

  int cuts() {
    return cuts;
  }

  Dropped dropped() {
    return dropped;
  }

  /** How many decisions made the rows: each has inserted its rows in one transaction. */
  long decisions() throws Exception {
    return table.database().number("SELECT count(DISTINCT xmin::text) FROM " + table.name());
  }
}
