package io.handfast.atomikos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.handfast.commit.FakeXaResource;
import io.handfast.commit.Transactions.Transaction;
import io.handfast.commit.TwoPhaseCommit;
import io.handfast.event.Events;
import io.handfast.log.DecisionLog.Verdict;
import io.handfast.transaction.Outcome;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the branches answer to prepare, and to the rollback that follows from it or is asked for:
 * without a decision in the log nothing is committed, whatever the answer.
 */
class FirstPhaseFailureTest extends EngineScenario {

  private static final String ANSWERS =
      """
      code           | prepare    | rollback after a refusal
      XA_RBROLLBACK  | RolledBack | RolledBack
      XA_RBCOMMFAIL  | RolledBack | RolledBack
      XA_RBDEADLOCK  | RolledBack | RolledBack
      XA_RBINTEGRITY | RolledBack | RolledBack
      XA_RBOTHER     | RolledBack | RolledBack
      XA_RBPROTO     | RolledBack | RolledBack
      XA_RBTIMEOUT   | RolledBack | RolledBack
      XA_RBTRANSIENT | RolledBack | RolledBack
      XA_HEURHAZ     | RolledBack | RolledBack
      XA_HEURCOM     | RolledBack | Heuristic
      XA_HEURRB      | RolledBack | RolledBack
      XA_HEURMIX     | RolledBack | Heuristic
      XA_RETRY       | RolledBack | RolledBack
      XAER_RMERR     | RolledBack | RolledBack
      XAER_RMFAIL    | RolledBack | RolledBack
      XAER_NOTA      | RolledBack | RolledBack
      XAER_PROTO     | RolledBack | RolledBack
      XAER_INVAL     | RolledBack | RolledBack
      0              | RolledBack | RolledBack
      """;

  @ParameterizedTest
  @CsvSource(textBlock = ANSWERS, delimiter = '|', useHeadersInDisplayName = true)
  void withoutADecisionNothingIsCommittedAndTheOutcomeIsWhatTheAnswerProves(
      String code, String prepare, String rollback) throws Exception {
    assertThat(outcomeWhenPrepareAnswers(codeOf(code))).as("prepare").isEqualTo(prepare);
    assertThat(outcomeWhenRollbackAnswers(codeOf(code))).as("rollback").isEqualTo(rollback);
    rollbackIsQuietWhenItAnswers(codeOf(code));
  }

  private String outcomeWhenPrepareAnswers(int code) throws Exception {
    Transaction transaction = begin(named("broker"), named("database").fails("prepare", code));
    return outcome(transaction);
  }

  /** The broker is prepared by then. */
  private String outcomeWhenRollbackAnswers(int code) throws Exception {
    FakeXaResource refusing = named("database").fails("prepare", XAException.XA_RBROLLBACK);
    Transaction transaction = begin(named("broker").fails("rollback", code), refusing);
    return outcome(transaction);
  }

  private String outcome(Transaction transaction) throws Exception {
    trace.clear();
    transaction.end();

    Outcome outcome =
        new TwoPhaseCommit(engine, log, participants -> {}, Events.NONE).settle(transaction);

    assertThat(trace.steps())
        .contains("broker prepare", "database prepare", "broker rollback")
        .noneMatch(step -> step.contains("commit"));
    assertThat(log.decisionOf(transaction.id())).isEqualTo(Verdict.NONE);
    assertThat(active.contains(transaction.id())).isFalse();
    return outcome.getClass().getSimpleName();
  }

  /** An engine that asks from a thread of its own could take it for a read-only vote. */
  @Test
  void anErrorInPrepareIsNoVote() throws Exception {
    FakeXaResource broken = named("database").before("prepare", FirstPhaseFailureTest::noMemory);
    Transaction transaction = begin(named("broker"), broken);
    transaction.end();

    Outcome outcome =
        new TwoPhaseCommit(engine, log, participants -> {}, Events.NONE).settle(transaction);

    assertThat(outcome).isInstanceOf(Outcome.RolledBack.class);
    assertThat(trace.steps())
        .contains("broker rollback", "database rollback")
        .noneMatch(step -> step.contains("commit"));
    assertThat(log.decisionOf(transaction.id())).isEqualTo(Verdict.NONE);
  }

  private static void noMemory() {
    throw new OutOfMemoryError("on purpose");
  }

  private void rollbackIsQuietWhenItAnswers(int code) throws Exception {
    Transaction transaction = begin(named("broker").fails("rollback", code), named("database"));
    trace.clear();

    assertThatCode(transaction::rollback).doesNotThrowAnyException();
    transaction.close();

    assertThat(trace.steps()).contains("broker rollback", "database rollback");
    assertThat(log.decisionOf(transaction.id())).isEqualTo(Verdict.NONE);
  }

  private FakeXaResource named(String name) {
    return new FakeXaResource(name, trace);
  }

  private static int codeOf(String name) throws ReflectiveOperationException {
    return name.equals("0") ? 0 : XAException.class.getField(name).getInt(null);
  }
}
