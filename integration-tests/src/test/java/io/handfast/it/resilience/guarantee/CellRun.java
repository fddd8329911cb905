package io.handfast.it.resilience.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.ElasticMqProcess;
import io.handfast.it.harness.Eventually;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.Puller;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** Plays one cell, from the sending of the messages until nothing moves any more. */
final class CellRun {
  private static final String DELIVERY = "orders";
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** Long enough for the consumers to be idle once, which is when they tidy up. */
  private static final Duration TIDYING = Duration.ofSeconds(2);

  /** The shortest that Kafka takes: for so long the partitions of a killed one wait. */
  private static final int SESSION = 6_000;

  private final Scene scene;
  private final Cell cell;
  private final Orders sent;
  private final Random random;
  private final int unit;
  private final Backlog backlog;
  private final OrdersTable table;
  private final Auditor auditor;
  private final List<RunnerProcess> coordinators = new ArrayList<>();
  private final List<Puller> pullers = new ArrayList<>();
  private final List<CompletableFuture<Void>> pulling = new ArrayList<>();

  CellRun(Scene scene, Cell cell, int messages, Random random) throws Exception {
    this.scene = scene;
    this.cell = cell;
    this.sent = Orders.upTo(messages);
    this.random = random;
    this.unit = Math.max(2, messages / 200);
    this.backlog = backlog(messages);
    this.table = OrdersTable.create(scene.database(), "orders");
    this.auditor = scene.auditor(table);
  }

  private Backlog backlog(int messages) {
    return switch (cell.from()) {
      case ARTEMIS -> new Backlog.Queue(scene.artemis().address(), scene.queue());
      case KAFKA -> new Backlog.Topic(scene.kafka(), scene.unique(), messages);
      case SQS -> new Backlog.Leased(scene.sqs(), scene.unique() + ".fifo");
    };
  }

  Finding play(int kills, Duration work) throws Exception {
    if (cell.isKilled()) {
      table.slow(pauseFor(work));
    }
    backlog.send(sent);
    Instant start = Instant.now();
    startCoordinators();
    startPullers();
    if (cell.isKilled()) {
      new Killer(coordinators, backlog, table, auditor, random).kill(kills, cell, sent.last());
    }
    awaitNothingLeft();
    double seconds = Duration.between(start, Instant.now()).toMillis() / 1000.0;
    long inbox = awaitTidyInbox();
    stop();
    return new Finding(
        cell,
        sent.last(),
        table.rows(),
        table.distinctRows(),
        cell.isKilled() ? kills : 0,
        inbox,
        seconds);
  }

  /** A pause in each row; longer for two, since one works on while the other is down. */
  private Duration pauseFor(Duration work) {
    int hands = cell.crew().consumers() * cell.crew().coordinators;
    return work.multipliedBy(hands).dividedBy(sent.last());
  }

  private void startCoordinators() throws Exception {
    for (int i = 1; i <= cell.crew().coordinators; i++) {
      RunnerConfiguration configuration =
          configuration("n" + i)
              .set("handfast.statements.\"insert\"", table.insert())
              .delivery(DELIVERY, specification());
      coordinators.add(
          scene
              .coordinator(cell + ".n" + i, configuration)
              .tamperedWith(ElasticMqProcess.CREDENTIALS));
    }
    coordinators.forEach(RunnerProcess::launch);
    coordinators.forEach(RunnerProcess::awaitReady);
  }

  private RunnerConfiguration configuration(String node) throws Exception {
    RunnerConfiguration configuration = scene.external(node);
    return switch (cell.from()) {
      case ARTEMIS -> configuration;
      case KAFKA ->
          configuration.kafka(scene.kafka()).set("handfast.kafka.\"session.timeout.ms\"", SESSION);
      case SQS -> configuration.sqs(scene.sqs());
    };
  }

  private DeliverySpec specification() {
    if (cell.isPull()) {
      return backlog.delivery().under(cell.mode()).pull();
    }
    return backlog
        .delivery()
        .statement(table.insert())
        .under(cell.mode())
        .consumers(cell.crew().consumersEach)
        .batch(unit);
  }

  private void startPullers() {
    if (cell.isPull()) {
      for (RunnerProcess coordinator : coordinators) {
        for (int i = 0; i < cell.crew().consumersEach; i++) {
          Puller puller = new Puller(coordinator.wire(), DELIVERY, table, unit);
          pullers.add(puller);
          pulling.add(CompletableFuture.runAsync(puller, task -> new Thread(task).start()));
        }
      }
    }
  }

  private void awaitNothingLeft() {
    Eventually.within(
        PATIENCE,
        () -> {
          pulling.forEach(puller -> assertThat(puller).isNotCompletedExceptionally());
          assertThat(backlog.left()).as("messages left").isZero();
          assertThat(auditor.prepared()).as("prepared").isEmpty();
        });
  }

  /** How many ids the inbox keeps though no message is left that could come again. */
  private long awaitTidyInbox() throws Exception {
    if (!cell.mode().equals(Cell.IDEMPOTENCY) || cell.from() != Cell.From.ARTEMIS) {
      return -1; // elsewhere ids stay for a day
    }
    Instant end = Instant.now().plus(TIDYING);
    long inbox = inbox();
    while (inbox > 0 && Instant.now().isBefore(end)) {
      Thread.sleep(100);
      inbox = inbox();
    }
    return inbox;
  }

  private long inbox() throws Exception {
    return table.database().number("SELECT count(*) FROM handfast_inbox");
  }

  /** What was acknowledged and not applied yet is applied when this returns. */
  private void stop() {
    pullers.forEach(Puller::stop);
    pulling.forEach(CompletableFuture::join);
    for (RunnerProcess coordinator : coordinators) {
      assertThat(coordinator.wire().pause(DELIVERY).status()).isEqualTo(200);
    }
  }
}
