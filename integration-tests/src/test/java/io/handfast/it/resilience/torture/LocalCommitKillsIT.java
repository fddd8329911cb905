package io.handfast.it.resilience.torture;

import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.ArtemisProcess;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.PostgresProcess;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Tampering;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Local commit loses and duplicates nothing, and leaves nothing prepared, on a PostgreSQL that
 * cannot prepare, while two coordinators, the broker and the database are killed; nor where a
 * coordinator never comes back.
 *
 * <p>Until {@code -Dlocal-commit.kills=1000}, and again what {@code -Dlocal-commit.seed} did.
 */
class LocalCommitKillsIT {
  private static final int KILLS = Integer.getInteger("local-commit.kills", 50);
  private static final long SEED = Long.getLong("local-commit.seed", System.nanoTime());
  private static final int MESSAGES_PER_SECOND = 200;
  private static final int KILLS_UNTIL_CALM = 20;
  private static final int LONGEST_PAUSE_MILLIS = 1_000;
  private static final Duration STUCK = Duration.ofMinutes(2);
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final List<Flow> FLOWS = List.of(Flow.LOCAL_COMMIT, Flow.LOCALLY_FORWARDED);

  /** What is killed. */
  private enum Part {
    FIRST,
    SECOND,
    BROKER,
    DATABASE
  }

  @RegisterExtension final Scene scene = new Scene();

  private final Random random = new Random(SEED);
  private ArtemisProcess artemis;
  private PostgresProcess postgres;
  private Database database;
  private RunnerProcess first;
  private RunnerProcess second;
  private Sender sender;
  private CompletableFuture<Void> sending;

  @BeforeEach
  void arrange() throws Exception {
    artemis = scene.closing(new ArtemisProcess()).start();
    postgres = scene.postgresWithMaxPreparedTransactions(0);
    database = postgres.createDatabase("killed");
    for (Flow flow : FLOWS) {
      flow.createTable(database);
    }
    first = coordinator("n1");
    second = coordinator("n11");
    sender = new Sender(artemis.address(), Flow.LOCAL_COMMIT, MESSAGES_PER_SECOND);
  }

  private RunnerProcess coordinator(String name) {
    RunnerConfiguration configuration =
        new RunnerConfiguration()
            .set("handfast.node", name)
            .set("handfast.recovery.takeover-after", "PT1S")
            .broker(artemis.address())
            .database(database);
    for (Flow flow : FLOWS) {
      configuration.delivery(flow.key(), flow.specification(flow.table(database)));
    }
    return scene.coordinator(name, configuration).tamperedWith(Tampering.QUICK_START);
  }

  @AfterEach
  void stopSending() {
    sender.stop();
  }

  @Test
  void nothingIsLostOrDuplicatedOrLeftPreparedWhileAllPartsAreKilled() throws Exception {
    begin();
    Instant begin = Instant.now();
    int kills = 0;
    long rows = 0;
    while (kills < KILLS) {
      Thread.sleep(random.nextInt(LONGEST_PAUSE_MILLIS));
      kills += killAndStartAgain();
      if (kills % KILLS_UNTIL_CALM <= 1) {
        rows = awaitMoreThan(rows);
        System.out.printf("%d kills, %d rows, seed %d%n", kills, rows, SEED);
      }
    }
    Duration length = Duration.between(begin, Instant.now());
    List<RunnerProcess> nodes = List.of(first, second);
    nodes.forEach(RunnerProcess::awaitReady);

    List<Audit> audits = end();

    report(kills, length, audits);
    assertKept(audits);
  }

  @Test
  void aPeerFinishesWhatANodeHasLeftThatNeverComesBack() throws Exception {
    begin();
    first.awaitReady();
    awaitMoreThan(rows());

    first.kill9When(() -> !artemis.address().preparedTransactions().isEmpty());
    awaitMoreThan(rows());

    assertKept(end());
  }

  private void begin() {
    first.launch();
    second.launch();
    second.awaitReady();
    sending = CompletableFuture.runAsync(sender, task -> new Thread(task, "sender").start());
  }

  /** One part, or two at the same time; the start of a coordinator is not always waited for. */
  private int killAndStartAgain() throws Exception {
    Part part = Part.values()[random.nextInt(Part.values().length)];
    Part other = Part.values()[random.nextInt(Part.values().length)];
    boolean isPatient = random.nextInt(10) < 7;
    List<Part> parts =
        random.nextInt(3) == 0 && other != part ? List.of(part, other) : List.of(part);
    parts.forEach(this::kill);
    Thread.sleep(random.nextInt(LONGEST_PAUSE_MILLIS));
    parts.forEach(killed -> startAgain(killed, isPatient));
    return parts.size();
  }

  private void kill(Part part) {
    switch (part) {
      case FIRST -> first.kill9();
      case SECOND -> second.kill9();
      case BROKER -> artemis.kill9();
      case DATABASE -> postgres.kill9();
    }
  }

  private void startAgain(Part part, boolean isPatient) {
    switch (part) {
      case FIRST -> startAgain(first, isPatient);
      case SECOND -> startAgain(second, isPatient);
      case BROKER -> artemis.start();
      case DATABASE -> postgres.start();
    }
  }

  private static void startAgain(RunnerProcess node, boolean isPatient) {
    node.launch();
    if (isPatient) {
      node.awaitLive();
    }
  }

  private long rows() throws Exception {
    long least = Long.MAX_VALUE;
    for (Flow flow : FLOWS) {
      least = Math.min(least, flow.table(database).rows());
    }
    return least;
  }

  private long awaitMoreThan(long before) throws Exception {
    within(STUCK, () -> assertThat(rows()).as("rows, seed %d", SEED).isGreaterThan(before));
    return rows();
  }

  private List<Audit> end() throws Exception {
    sender.stop();
    sending.join();
    within(
        PATIENCE,
        () -> {
          for (Flow flow : FLOWS) {
            assertThat(artemis.address().messageCount(flow.key())).as(flow.key()).isZero();
          }
          assertThat(artemis.address().preparedTransactions()).as("prepared").isEmpty();
        });
    return TortureRun.audit(List.of(sender), database, artemis.address());
  }

  private static void assertKept(List<Audit> audits) {
    assertThat(audits).as("seed %d", SEED).allMatch(audit -> audit.rows() > 0);
    assertThat(audits.stream().flatMap(audit -> audit.brokenPromises().stream()))
        .as("seed %d", SEED)
        .isEmpty();
  }

  private void report(int kills, Duration length, List<Audit> audits) throws Exception {
    String text =
        """
        ## Local commit without prepared transactions

        ```
        scripts/prove local-commit %d -Dlocal-commit.seed=%d
        ```

        %d kills in %s of two coordinators, a broker and a PostgreSQL with `max_prepared_transactions = 0`, one or two at the
        same time; each was started again after a second at most. Prepared at the end: nothing. %s.

        | delivery | sent | rows | dead letters | lost | duplicated | promised |
        |---|---|---|---|---|---|---|
        %s"""
            .formatted(
                kills,
                SEED,
                kills,
                Timeline.clock(length) + " (minutes and seconds)",
                LocalDate.now(),
                audits.stream().map(TortureReport::row).collect(Collectors.joining()));
    System.out.println(text);
    TorturePage.put(TorturePage.Section.LOCAL_COMMIT, text);
  }
}
