package io.handfast.atomikos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.handfast.commit.Transactions.Transaction;
import io.handfast.log.DecisionLog.Verdict;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import java.util.Map;
import java.util.Set;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the branches answer when the decision is durable, and what is made of it. */
class SecondPhaseFailureTest extends EngineScenario {

  @ParameterizedTest
  @ValueSource(
      ints = {
        XAException.XAER_RMFAIL,
        XAException.XAER_RMERR,
        XAException.XAER_NOTA,
        XAException.XAER_PROTO,
        XAException.XAER_INVAL,
        XAException.XA_RETRY,
        XAException.XA_RBROLLBACK,
        XAException.XA_RBCOMMFAIL,
        XAException.XA_RBDEADLOCK,
        XAException.XA_RBINTEGRITY,
        XAException.XA_RBOTHER,
        XAException.XA_RBPROTO,
        XAException.XA_RBTIMEOUT,
        XAException.XA_RBTRANSIENT,
        XAException.XA_HEURHAZ,
        0
      })
  void aBranchThatDoesNotConfirmItsCommitIsPendingAndTheDecisionStays(int code) throws Exception {
    database.fails("commit", code);
    Transaction transaction = begin(broker, database);
    transaction.end();

    HeuristicMixedException failure =
        catchThrowableOfType(HeuristicMixedException.class, transaction::commit);

    assertThat(failure).isNotNull();
    assertThat(transaction.isPending(failure)).isTrue();
    assertThat(log.decisionOf(transaction.id())).isEqualTo(Verdict.COMMIT);
    assertThat(log.unconfirmed())
        .containsExactly(Map.entry(transaction.id(), Set.of("broker", "database")));
    assertThat(trace.steps()).contains("broker commit", "database commit");
  }

  /** An engine that asks from a thread of its own could take it for a confirmation. */
  @Test
  void anErrorInCommitIsNoConfirmation() throws Exception {
    database.before(
        "commit",
        () -> {
          throw new OutOfMemoryError("on purpose");
        });
    Transaction transaction = begin(broker, database);
    transaction.end();

    HeuristicMixedException failure =
        catchThrowableOfType(HeuristicMixedException.class, transaction::commit);

    assertThat(failure).isNotNull();
    assertThat(transaction.isPending(failure)).isTrue();
    assertThat(log.unconfirmed()).containsOnlyKeys(transaction.id());
  }

  @Test
  void theFirstBranchThatDoesNotConfirmDoesNotKeepTheSecondFromItsCommit() throws Exception {
    broker.fails("commit", XAException.XAER_RMFAIL);
    Transaction transaction = begin(broker, database);
    transaction.end();

    assertThatThrownBy(transaction::commit).isInstanceOf(HeuristicMixedException.class);

    assertThat(trace.steps()).contains("broker commit", "database commit");
  }

  @ParameterizedTest
  @ValueSource(ints = {XAException.XA_HEURRB, XAException.XA_HEURMIX})
  void aBranchThatDisobeyedIsNotPending(int code) throws Exception {
    database.fails("commit", code);
    Transaction transaction = begin(broker, database);
    transaction.end();

    HeuristicMixedException failure =
        catchThrowableOfType(HeuristicMixedException.class, transaction::commit);

    assertThat(failure).isNotNull();
    assertThat(transaction.isPending(failure)).isFalse();
  }

  @Test
  void oneBranchAwayBesideOneThatDisobeyedIsNotPending() throws Exception {
    broker.fails("commit", XAException.XAER_RMFAIL);
    database.fails("commit", XAException.XA_HEURRB);
    Transaction transaction = begin(broker, database);
    transaction.end();

    HeuristicMixedException failure =
        catchThrowableOfType(HeuristicMixedException.class, transaction::commit);

    assertThat(failure).isNotNull();
    assertThat(transaction.isPending(failure)).isFalse();
    assertThat(log.decisionOf(transaction.id())).isEqualTo(Verdict.COMMIT);
  }

  @Test
  void allBranchesRolledBackByThemselvesIsAHeuristicRollback() throws Exception {
    broker.fails("commit", XAException.XA_HEURRB);
    database.fails("commit", XAException.XA_HEURRB);
    Transaction transaction = begin(broker, database);
    transaction.end();

    assertThatThrownBy(transaction::commit).isInstanceOf(HeuristicRollbackException.class);
  }

  @Test
  void aBranchThatHadCommittedByItselfDidAsItWasTold() throws Exception {
    database.fails("commit", XAException.XA_HEURCOM);
    Transaction transaction = begin(broker, database);
    transaction.end();

    assertThatCode(transaction::commit).doesNotThrowAnyException();
    assertThat(trace.steps()).contains("database forget");
  }
}
