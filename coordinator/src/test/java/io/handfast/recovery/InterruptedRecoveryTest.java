package io.handfast.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.log.DecisionLog;
import io.handfast.log.FileDecisionLog;
import io.handfast.log.LogFixture;
import io.handfast.log.LoggedDecision;
import io.handfast.log.UnconfirmedWriteException;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.FakeXid;
import io.handfast.transaction.SteppedClock;
import io.handfast.transaction.Trace;
import io.handfast.transaction.Trace.Crash;
import io.handfast.transaction.TransactionId;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Recovery that ends in a crash before any of its steps, as does that of the next start.
 *
 * <p>The build takes a sample of the second crashes; {@code -Dhandfast.every-step=true} takes all.
 */
class InterruptedRecoveryTest {

  private static final Map<String, String> BOTH =
      Map.of("broker", FakeParticipant.IDENTITY, "database", FakeParticipant.IDENTITY);

  /** Each branch below is resolved, at least. */
  private static final int FEWEST_STEPS = 10;

  private static final int SECOND_STRIDE = Boolean.getBoolean("handfast.every-step") ? 1 : 5;

  private static final Logger LOG =
      Logger.getLogger(InterruptedRecoveryTest.class.getPackageName());

  @TempDir Path directory;

  private int starts;

  @BeforeAll
  static void progressIsNotShown() {
    LOG.setLevel(Level.WARNING);
  }

  @AfterAll
  static void progressIsShownAgain() {
    LOG.setLevel(null);
  }

  @Test
  void whereverTwoCrashesEndItEachBranchIsResolvedOnceAndRight() throws Exception {
    int first = 0;
    boolean isFirstInterrupted = true;
    while (isFirstInterrupted) {
      int second = 0;
      boolean isSecondInterrupted = true;
      while (isSecondInterrupted) {
        Aftermath aftermath = new Aftermath();
        isFirstInterrupted = aftermath.isScanInterruptedAfter(first);
        isSecondInterrupted = aftermath.isScanInterruptedAfter(second);
        aftermath.scanToTheEnd();
        aftermath.check("crashes after steps %d and %d".formatted(first, second));
        second += SECOND_STRIDE;
      }
      first++;
    }
    assertThat(first).isGreaterThan(FEWEST_STEPS);
  }

  /** What the crash of a node that was deciding has left, and what further starts make of it. */
  private final class Aftermath {

    private final Trace trace = new Trace();
    private final FakeParticipant broker = new FakeParticipant("broker", trace);
    private final FakeParticipant database = new FakeParticipant("database", trace);
    private final TransactionId prepared;
    private final TransactionId decided;
    private final TransactionId halfCommitted;
    private final TransactionId committed;
    private final FakeXid others = FakeXid.of(new TransactionId("n2", "0a1b2c3d", 1, 1), "broker");
    private Path killed;

    Aftermath() throws UnconfirmedWriteException {
      Path first = directory.resolve("log-" + ++starts);
      try (FileDecisionLog log = LogFixture.openUnforced(first)) {
        prepared = log.identity().nextTransaction();
        decided = log.identity().nextTransaction();
        halfCommitted = log.identity().nextTransaction();
        committed = log.identity().nextTransaction();
        for (TransactionId id : List.of(decided, halfCommitted, committed)) {
          log.decide(id, BOTH);
        }
        killed = kill(first);
      }
      broker.holds(prepared, decided).holds(others);
      database.holds(prepared, decided, halfCommitted);
    }

    private static Path kill(Path log) {
      return LogFixture.copy(log, log.resolveSibling(log.getFileName() + "-"));
    }

    boolean isScanInterruptedAfter(int steps) {
      trace.crashesAfter(steps);
      try {
        scan();
        return false;
      } catch (Crash e) {
        return true;
      } finally {
        trace.crashesNoMore();
      }
    }

    void scanToTheEnd() {
      scan();
    }

    /** One start, from reading the log to the end of the first scan; killed after it. */
    private void scan() {
      Path log = killed;
      try (FileDecisionLog open = LogFixture.openUnforced(log)) {
        try {
          Scans.of(open.identity(), new Traced(open), new ActiveTransactions(), new SteppedClock())
              .run(List.of(broker, database));
        } finally {
          killed = kill(log);
        }
      }
    }

    void check(String when) {
      List<String> resolved = trace.steps().stream().filter(step -> step.contains(": ")).toList();
      assertThat(resolved)
          .as(when)
          .containsExactlyInAnyOrder(
              "broker: roll back " + prepared,
              "database: roll back " + prepared,
              "broker: commit " + decided,
              "database: commit " + decided,
              "database: commit " + halfCommitted);
      assertThat(broker.branches()).as(when).containsExactly(others);
      assertThat(database.branches()).as(when).isEmpty();
      try (FileDecisionLog log = LogFixture.openUnforced(killed)) {
        Scans.of(log.identity(), log, new ActiveTransactions(), new SteppedClock())
            .run(List.of(broker, database));
        assertThat(log.unconfirmed()).as(when).isEmpty();
        assertThat(log.identity().start()).isEqualTo(5);
      }
    }

    /** The log, each call of which is a step. */
    private final class Traced implements DecisionLog {

      private final DecisionLog log;

      Traced(DecisionLog log) {
        this.log = log;
      }

      @Override
      public Verdict decisionOf(TransactionId id) {
        trace.add("ask log");
        return log.decisionOf(id);
      }

      @Override
      public Map<TransactionId, Set<String>> unconfirmed() {
        trace.add("list decisions");
        return log.unconfirmed();
      }

      @Override
      public Collection<LoggedDecision> content() {
        return log.content();
      }

      @Override
      public void confirmed(TransactionId id) {
        trace.add("forget " + id);
        log.confirmed(id);
      }

      @Override
      public boolean isCertain() {
        return log.isCertain();
      }

      @Override
      public boolean learnUnknown() {
        trace.add("settle log");
        return log.learnUnknown();
      }
    }
  }
}
