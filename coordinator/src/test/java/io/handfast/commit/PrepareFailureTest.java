package io.handfast.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.event.Events;
import io.handfast.log.DecisionLog.Verdict;
import io.handfast.log.FakeDecisionLog;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.Trace;
import jakarta.transaction.RollbackException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A commit that ended before any branch was to be committed: a refused vote, or a failed log. */
class PrepareFailureTest {

  private final Trace trace = new Trace();
  private final FakeDecisionLog log = new FakeDecisionLog(trace);
  private final RollbackException refused = new RollbackException("prepare failed");
  private final FakeTransactions transactions =
      new FakeTransactions(trace).failsAt("commit", refused);
  private final TwoPhaseCommit protocol =
      new TwoPhaseCommit(transactions, log, participants -> {}, Events.NONE);

  @ParameterizedTest
  @CsvSource({"NONE, RolledBack", "UNKNOWN, InDoubt", "COMMIT, Decided"})
  void onlyTheLogTellsWhatBecameOfATransactionThatTheEngineGaveUp(Verdict says, String expected)
      throws Exception {
    log.says(says);

    Outcome outcome = new DrivenUnit(trace, protocol).run();

    assertThat(outcome.getClass().getSimpleName()).isEqualTo(expected);
    assertThat(trace.steps())
        .containsExactly(
            "begin",
            "start broker",
            "receive",
            "start database",
            "apply",
            "end",
            "commit",
            "ask log",
            "close");
  }

  @ParameterizedTest
  @CsvSource({"NONE", "UNKNOWN", "COMMIT"})
  void aSingleBranchThatRefusedIsRolledBackWhateverTheLogSays(Verdict says) throws Exception {
    log.says(says);
    transactions.inOnePhase(true);

    Outcome outcome = new DrivenUnit(trace, protocol).withoutDatabase().run();

    assertThat(outcome).isEqualTo(new Outcome.RolledBack(refused));
    assertThat(trace.steps())
        .containsExactly("begin", "start broker", "receive", "apply", "end", "commit", "close");
  }

  @Test
  void aCommitThatEndedIsNotRolledBackOnTop() throws Exception {
    new DrivenUnit(trace, protocol).run();

    assertThat(trace.steps()).doesNotContain("rollback");
  }
}
