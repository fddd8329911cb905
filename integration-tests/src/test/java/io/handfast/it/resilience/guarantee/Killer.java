package io.handfast.it.resilience.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;

/**
 * Kills coordinators while messages move, and starts them again.
 *
 * <p>Every second kill takes all of them in a moment in which the guarantee has most to lose; the
 * others take one of them in any moment.
 */
final class Killer {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Longer than what is left to do takes at a few milliseconds between two looks. */
  private static final Duration PATIENCE_FOR_THE_WORST = Duration.ofMinutes(1);

  private final List<RunnerProcess> coordinators;
  private final Backlog backlog;
  private final OrdersTable table;
  private final Auditor auditor;
  private final Random random;

  Killer(
      List<RunnerProcess> coordinators,
      Backlog backlog,
      OrdersTable table,
      Auditor auditor,
      Random random) {
    this.coordinators = coordinators;
    this.backlog = backlog;
    this.table = table;
    this.auditor = auditor;
    this.random = random;
  }

  /** Kills at about even distances on the way of the messages. */
  void kill(int times, Cell cell, long sent) throws Exception {
    for (int i = 0; i < times; i++) {
      long moved = (long) (sent * (i + 0.5 + random.nextDouble() / 2) / (times + 1));
      auditor.awaitRows(moved, PATIENCE);
      assertThat(backlog.left()).as("messages left before kill %d", i + 1).isPositive();
      List<RunnerProcess> victims = i % 2 == 0 ? inTheWorstMoment(cell, sent) : inAnyMoment();
      victims.forEach(RunnerProcess::kill9);
      victims.forEach(RunnerProcess::launch);
      victims.forEach(RunnerProcess::awaitReady);
    }
  }

  private List<RunnerProcess> inAnyMoment() throws InterruptedException {
    Thread.sleep(random.nextInt(100));
    return List.of(coordinators.get(random.nextInt(coordinators.size())));
  }

  private List<RunnerProcess> inTheWorstMoment(Cell cell, long sent) throws Exception {
    Instant end = Instant.now().plus(PATIENCE_FOR_THE_WORST);
    coordinators.forEach(coordinator -> coordinator.process().freeze());
    while (!(isTheWorst(cell, sent) && isTheWorst(cell, sent))
        && backlog.left() > 0
        && Instant.now().isBefore(end)) {
      coordinators.forEach(coordinator -> coordinator.process().thaw());
      Thread.sleep(random.nextInt(15));
      coordinators.forEach(coordinator -> coordinator.process().freeze());
    }
    return coordinators;
  }

  /** Looked at while everything stands still, and twice, since a request may be on its way. */
  private boolean isTheWorst(Cell cell, long sent) throws Exception {
    long acknowledged = sent - backlog.left();
    boolean isPreparedBefore = cell.from() == Cell.From.ARTEMIS; // a position needs no branch
    return switch (cell.mode()) {
      case Cell.AT_MOST_ONCE -> acknowledged > table.distinctRows();
      case Cell.LOCAL_COMMIT, Cell.TWO_PHASE_COMMIT ->
          isPreparedBefore ? auditor.seesPrepared() : acknowledged < table.distinctRows();
      default -> acknowledged < table.distinctRows();
    };
  }
}
