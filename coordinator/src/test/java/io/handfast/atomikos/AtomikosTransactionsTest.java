package io.handfast.atomikos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.commit.Transactions.Transaction;
import io.handfast.log.DecisionLog.Verdict;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Begin, first phase, one phase and rollback. */
class AtomikosTransactionsTest extends EngineScenario {

  @Test
  void bothAreEndedAndPreparedBeforeTheDecisionIsOnDiskAndThatBeforeAnyIsCommitted()
      throws Exception {
    Transaction transaction = begin(broker, database);
    Runnable lookAtTheDisk = () -> noteDecision(transaction.id());
    broker.beforeEachCall(lookAtTheDisk);
    database.beforeEachCall(lookAtTheDisk);

    transaction.end();
    transaction.commit();

    List<String> steps = trace.steps();
    assertThat(steps.subList(0, 4))
        .containsExactly("broker start", "database start", "broker end", "database end");
    assertThat(steps.subList(4, 6)).containsExactlyInAnyOrder("broker prepare", "database prepare");
    assertThat(steps.get(6)).isEqualTo("decision on disk");
    assertThat(steps.subList(7, steps.size()))
        .containsExactlyInAnyOrder("broker commit", "database commit");
    assertThat(log.unconfirmed()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"prepare", "commit"})
  void participantsAreAskedAtTheSameTime(String step) throws Exception {
    CyclicBarrier both = new CyclicBarrier(2);
    Runnable awaitTheOther =
        () -> {
          try {
            both.await(10, TimeUnit.SECONDS);
          } catch (Exception e) {
            throw new IllegalStateException("the other was not asked meanwhile", e);
          }
        };
    broker.before(step, awaitTheOther);
    database.before(step, awaitTheOther);
    Transaction transaction = begin(broker, database);
    transaction.end();

    transaction.commit();

    assertThat(log.unconfirmed()).isEmpty();
  }

  @Test
  void aTransactionIsActiveUntilItIsClosedHoweverItEnded() throws Exception {
    Transaction committed = begin(broker, database);
    Transaction rolledBack = engine.begin(TIMEOUT);

    committed.end();
    committed.commit();
    rolledBack.rollback();
    assertThat(active.contains(committed.id())).isTrue();
    assertThat(active.contains(rolledBack.id())).isTrue();

    committed.close();
    rolledBack.close();
    assertThat(active.contains(committed.id())).isFalse();
    assertThat(active.contains(rolledBack.id())).isFalse();
  }

  @Test
  void aTransactionWhoseCommitFailedIsActiveUntilItIsClosed() throws Exception {
    database.fails("commit", XAException.XAER_RMFAIL);
    Transaction pending = begin(broker, database);
    pending.end();
    assertThatThrownBy(pending::commit).isInstanceOf(HeuristicMixedException.class);
    assertThat(active.contains(pending.id())).isTrue();

    pending.close();

    assertThat(active.contains(pending.id())).isFalse();
    assertThat(log.decisionOf(pending.id())).isEqualTo(Verdict.COMMIT);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        XAException.XA_RBROLLBACK,
        XAException.XA_RBTRANSIENT,
        XAException.XAER_RMERR,
        XAException.XAER_RMFAIL,
        XAException.XAER_NOTA,
        0
      })
  void aRefusedVoteRollsBothBackWithoutADecision(int code) throws Exception {
    database.fails("prepare", code);
    Transaction transaction = begin(broker, database);
    transaction.end();
    trace.clear();

    assertThatThrownBy(transaction::commit).isInstanceOf(RollbackException.class);

    assertThat(trace.steps())
        .contains("broker prepare", "database prepare", "broker rollback")
        .noneMatch(step -> step.endsWith("commit"));
    assertThat(log.decisionOf(transaction.id())).isEqualTo(Verdict.NONE);
    assertThat(isOnDisk(transaction.id())).isFalse();
  }

  @Test
  void aBranchThatCouldNotBeEndedRollsBothBack() throws Exception {
    broker.fails("end", XAException.XAER_RMFAIL);
    Transaction transaction = begin(broker, database);
    transaction.end();
    trace.clear();

    assertThatThrownBy(transaction::commit).isInstanceOf(RollbackException.class);

    assertThat(trace.steps())
        .contains("broker rollback", "database rollback")
        .noneMatch(step -> step.equals("broker prepare") || step.endsWith("commit"));
    assertThat(log.decisionOf(transaction.id())).isEqualTo(Verdict.NONE);
  }

  @Test
  void aReadOnlyVoteTakesNoPartInTheSecondPhase() throws Exception {
    database.votesReadOnly();
    Transaction transaction = begin(broker, database);
    transaction.end();
    trace.clear();

    transaction.commit();

    assertThat(trace.steps().subList(0, 2))
        .containsExactlyInAnyOrder("broker prepare", "database prepare");
    assertThat(trace.steps().subList(2, trace.steps().size())).containsExactly("broker commit");
    assertThat(log.unconfirmed()).isEmpty();
  }

  @Test
  void aSingleBranchIsCommittedInOnePhaseWithoutADecision() throws Exception {
    Transaction transaction = begin(broker);
    broker.beforeEachCall(() -> noteDecision(transaction.id()));
    transaction.end();
    trace.clear();

    transaction.commit();

    assertThat(transaction.isOnePhase()).isTrue();
    assertThat(trace.steps()).containsExactly("broker commit in one phase");
    assertThat(isOnDisk(transaction.id())).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {XAException.XAER_RMFAIL, XAException.XAER_RMERR, XAException.XAER_NOTA, 0})
  void aSingleBranchThatDoesNotAnswerIsNotReportedAsRolledBack(int code) throws Exception {
    broker.fails("commit in one phase", code);
    Transaction transaction = begin(broker);
    transaction.end();

    assertThatThrownBy(transaction::commit).isNotInstanceOf(RollbackException.class);

    assertThat(isOnDisk(transaction.id())).isFalse();
  }

  @Test
  void aSingleBranchThatSaysItRolledBackHas() throws Exception {
    broker.fails("commit in one phase", XAException.XA_RBROLLBACK);
    Transaction transaction = begin(broker);
    transaction.end();

    assertThatThrownBy(transaction::commit).isInstanceOf(RollbackException.class);
  }

  @Test
  void aRollbackEndsAndRollsBackWhatWasStarted() throws Exception {
    Transaction transaction = begin(broker, database);

    transaction.rollback();

    assertThat(trace.steps())
        .containsExactlyInAnyOrder(
            "broker start",
            "database start",
            "broker end",
            "database end",
            "broker rollback",
            "database rollback");
  }

  @Test
  void aRollbackThatFailsIsQuiet() throws Exception {
    broker.fails("rollback", XAException.XAER_RMFAIL);
    Transaction transaction = begin(broker, database);

    assertThatCode(transaction::rollback).doesNotThrowAnyException();

    assertThat(trace.steps()).contains("broker rollback", "database rollback");
  }

  @Test
  void aBranchThatCannotBeStartedFailsTheEnlisting() throws Exception {
    database.fails("start", XAException.XAER_RMFAIL);

    Transaction transaction = begin(broker);

    assertThatThrownBy(() -> enlist(transaction, database)).isInstanceOf(SystemException.class);
    transaction.rollback();
  }
}
