package io.handfast.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.handfast.log.DecisionLog;
import io.handfast.log.FakeDecisionLog;
import io.handfast.node.NodeIdentity;
import io.handfast.recovery.InDoubtBranch.Decision;
import io.handfast.recovery.InDoubtBranch.SafeAction;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.FakeXid;
import io.handfast.transaction.SteppedClock;
import io.handfast.transaction.Trace;
import io.handfast.transaction.TransactionId;
import java.util.List;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that do not say what became of a branch: recovery believes none and asks again. */
class RecoveryAnswerTest {

  private static final String LOG = "0a1b2c3d";

  private final TransactionId decided = new TransactionId("n1", LOG, 1, 1);
  private final TransactionId undecided = new TransactionId("n1", LOG, 1, 2);

  private final Trace trace = new Trace();
  private final FakeDecisionLog log =
      new FakeDecisionLog(trace).says(decided, DecisionLog.Verdict.COMMIT);
  private final FakeParticipant broker =
      new FakeParticipant("broker", trace).holds(decided, undecided);
  private final FakeParticipant database =
      new FakeParticipant("database", trace).holds(decided, undecided);
  private final RecoveryScan scan =
      Scans.of(
          new NodeIdentity("n1", LOG, 2, List.of(1L)),
          log,
          new ActiveTransactions(),
          new SteppedClock());

  @ParameterizedTest
  @ValueSource(
      ints = {
        XAException.XAER_RMERR,
        XAException.XAER_RMFAIL,
        XAException.XAER_NOTA,
        XAException.XAER_PROTO,
        XAException.XAER_INVAL,
        XAException.XA_RETRY,
        0
      })
  void aCommitThatIsNotConfirmedIsAskedForAgainAndItsDecisionIsKept(int code) {
    broker.failsFor(decided, new XAException(code));

    ScanResult result = scan.run(List.of(broker, database)).get(0);

    assertThat(result.left())
        .extracting(InDoubtBranch::transaction, InDoubtBranch::decision, InDoubtBranch::safeAction)
        .containsExactly(tuple(decided, Decision.COMMIT, SafeAction.COMMIT));
    assertThat(result.isClean()).isFalse();
    assertThat(log.unconfirmed()).containsOnlyKeys(decided);
    assertThat(broker.branches()).containsExactly(FakeXid.of(decided, "broker"));
    assertThat(database.branches()).isEmpty();

    broker.failsFor(decided, null);
    scan.run(List.of(broker, database));

    assertThat(trace.steps())
        .containsSubsequence("broker: commit " + decided, "forget " + decided)
        .noneMatch(step -> step.endsWith("roll back " + decided));
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        XAException.XAER_RMERR,
        XAException.XAER_RMFAIL,
        XAException.XAER_NOTA,
        XAException.XAER_PROTO,
        XAException.XAER_INVAL,
        XAException.XA_RETRY,
        0
      })
  void aRollbackThatIsNotConfirmedIsAskedForAgain(int code) {
    broker.failsFor(undecided, new XAException(code));

    ScanResult result = scan.run(List.of(broker, database)).get(0);

    assertThat(result.left())
        .extracting(InDoubtBranch::transaction, InDoubtBranch::decision, InDoubtBranch::safeAction)
        .containsExactly(tuple(undecided, Decision.ROLLBACK, SafeAction.ROLLBACK));
    assertThat(broker.branches()).containsExactly(FakeXid.of(undecided, "broker"));
    assertThat(database.branches()).isEmpty();

    broker.failsFor(undecided, null);
    scan.run(List.of(broker, database));

    assertThat(broker.branches()).isEmpty();
    assertThat(trace.steps()).noneMatch(("broker: commit " + undecided)::equals);
    assertThat(log.unconfirmed()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        XAException.XA_RBROLLBACK,
        XAException.XA_RBCOMMFAIL,
        XAException.XA_RBDEADLOCK,
        XAException.XA_RBINTEGRITY,
        XAException.XA_RBOTHER,
        XAException.XA_RBPROTO,
        XAException.XA_RBTIMEOUT,
        XAException.XA_RBTRANSIENT
      })
  void aBranchThatHadRolledBackWhenItWasToldToIsNeverCommittedAndStopsNoOther(int code) {
    broker.failsFor(undecided, new XAException(code));

    scan.run(List.of(broker, database));

    assertThat(trace.steps())
        .contains("broker: roll back " + undecided, "database: roll back " + undecided)
        .noneMatch(step -> step.endsWith("commit " + undecided))
        .noneMatch(step -> step.startsWith("broker: forget"));
    assertThat(broker.branches()).doesNotContain(FakeXid.of(decided, "broker"));
    assertThat(database.branches()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {XAException.XAER_NOTA, XAException.XAER_RMERR, XAException.XAER_RMFAIL, 0})
  void aDecisionWhoseCommitWasNotConfirmedIsForgottenOnceItsBranchIsNotThereAnyMore(int code) {
    broker.failsFor(decided, new XAException(code));
    scan.run(List.of(broker, database));
    assertThat(log.unconfirmed()).containsOnlyKeys(decided);

    scan.run(List.of(new FakeParticipant("broker", trace), database));

    assertThat(log.unconfirmed()).isEmpty();
  }

  @Test
  void bothParticipantsFailingLeaveEachOfTheirBranches() {
    for (FakeParticipant participant : List.of(broker, database)) {
      participant
          .failsFor(decided, new XAException(XAException.XAER_RMERR))
          .failsFor(undecided, new XAException(XAException.XAER_RMERR));
    }

    List<ScanResult> result = scan.run(List.of(broker, database));

    assertThat(result).extracting(ScanResult::remaining).containsExactly(2, 2);
    assertThat(log.unconfirmed()).containsOnlyKeys(decided);
  }
}
