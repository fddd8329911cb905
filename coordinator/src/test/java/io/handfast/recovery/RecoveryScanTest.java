package io.handfast.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.handfast.event.Events;
import io.handfast.log.DecisionLog.Verdict;
import io.handfast.log.FakeDecisionLog;
import io.handfast.node.NodeIdentity;
import io.handfast.participant.RecoverySession.Scope;
import io.handfast.resolution.Branch;
import io.handfast.resolution.BranchAction;
import io.handfast.resolution.Heuristic;
import io.handfast.resolution.Resolutions;
import io.handfast.resolution.Resolver;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.FakeXid;
import io.handfast.transaction.SaidLines;
import io.handfast.transaction.SteppedClock;
import io.handfast.transaction.Trace;
import io.handfast.transaction.TransactionId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecoveryScanTest {

  private static final String LOG = "0a1b2c3d";

  @TempDir static Path directory;

  @RegisterExtension final SaidLines said = new SaidLines(RecoveryScan.class);

  private final TransactionId decided = new TransactionId("n1", LOG, 1, 1);
  private final TransactionId undecided = new TransactionId("n1", LOG, 1, 2);

  private final Trace trace = new Trace();
  private final FakeDecisionLog log = new FakeDecisionLog(trace);
  private final ActiveTransactions active = new ActiveTransactions();
  private final FakeParticipant broker = new FakeParticipant("broker", trace);
  private final FakeParticipant database = new FakeParticipant("database", trace);
  private final Resolutions resolutions =
      Resolutions.open(directory.resolve(UUID.randomUUID() + ".jsonl"));
  private final RecoveryScan scan =
      new RecoveryScan(
          new Recovery.Node(
              new NodeIdentity("n1", LOG, 2, List.of(1L)), log, null, resolutions, null),
          active,
          ScanTimes.withAbandoned("abad0ed1"),
          Events.NONE,
          new SteppedClock());

  private List<ScanResult> run() {
    return scan.run(List.of(broker, database));
  }

  @Test
  void theLogIsSettledBeforeAnyParticipantIsAskedAndForgetsLast() {
    log.says(decided, Verdict.COMMIT);
    broker.holds(decided);

    run();

    assertThat(trace.steps())
        .containsExactly(
            "settle log",
            "list decisions",
            "open broker",
            "ask log",
            "broker: commit " + decided,
            "close broker",
            "open database",
            "close database",
            "forget " + decided);
  }

  @Test
  void aDecisionCommitsAndNoneRollsBack() {
    log.says(decided, Verdict.COMMIT);
    broker.holds(decided, undecided);
    database.holds(undecided, decided);

    List<ScanResult> result = run();

    assertThat(trace.steps())
        .containsSubsequence(
            "broker: commit " + decided,
            "broker: roll back " + undecided,
            "database: roll back " + undecided,
            "database: commit " + decided);
    assertThat(result)
        .extracting(
            ScanResult::participant,
            ScanResult::isScanned,
            ScanResult::committed,
            ScanResult::rolledBack,
            ScanResult::remaining)
        .containsExactly(tuple("broker", true, 1, 1, 0), tuple("database", true, 1, 1, 0));
    assertThat(log.unconfirmed()).isEmpty();
  }

  @Test
  void whatAThreadStillWorksOnIsLeftAloneAndItsDecisionIsKept() {
    log.says(decided, Verdict.COMMIT);
    active.add(decided);
    active.add(undecided);
    broker.holds(decided, undecided);

    run();

    assertThat(broker.branches()).hasSize(2);
    assertThat(log.unconfirmed()).containsOnlyKeys(decided);
  }

  @Test
  void whatWasInHandWhenItWasAskedForIsNotInDoubtOnceItIsOver() {
    active.add(undecided);
    broker.holds(undecided);
    List<ScanResult> result = run();

    active.remove(undecided);

    NodeIdentity identity = new NodeIdentity("n1", LOG, 2, List.of(1L));
    InDoubtReport join =
        new InDoubtReport(identity, List.of(), List.of(), result, resolutions, Instant.EPOCH);
    assertThat(join.transactions(active)).isEmpty();
  }

  @Test
  void aDecisionThatNoBranchIsLeftOfIsKeptWhileItsTransactionIsActive() {
    log.says(decided, Verdict.COMMIT);
    active.add(decided);
    run();
    assertThat(log.unconfirmed()).containsOnlyKeys(decided);

    active.remove(decided);
    run();

    assertThat(log.unconfirmed()).isEmpty();
  }

  @Test
  void aDecisionIsKeptWhereAnotherParticipantThanTheOneThatPreparedListsNoBranch() {
    log.says(decided, Verdict.COMMIT);
    database.covers(new Scope("another", ""));

    List<ScanResult> result = run();

    assertThat(log.unconfirmed()).containsOnlyKeys(decided);
    assertThat(inDoubt(result))
        .singleElement()
        .satisfies(
            known -> {
              assertThat(known.parts())
                  .extracting(InDoubtTransaction.Part::participant, InDoubtTransaction.Part::state)
                  .containsExactly(
                      tuple("broker", InDoubtTransaction.State.DONE),
                      tuple("database", InDoubtTransaction.State.UNPROVEN));
              assertThat(known.safeAction()).isEqualTo(InDoubtBranch.SafeAction.WAIT);
              assertThat(known.next())
                  .isEqualTo(
                      "Decided to commit; database lists no branch, but is 'another' and 'the first' has prepared: configure that one again. If database will never be reached again as it was, forget its branch by force.");
            });

    database.covers(new Scope(FakeParticipant.IDENTITY, ""));
    run();

    assertThat(log.unconfirmed()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"the first,the first,a gap", "the first,'',''", "'',the first,''", "'','',''"})
  void aDecisionIsKeptWhereTheListMayLackBranchesOrAnIdentityIsNotKnown(
      String preparedAt, String listed, String gap) {
    log.says(decided, Verdict.COMMIT).preparedAt(preparedAt);
    broker.covers(new Scope(listed, gap));
    database.covers(new Scope(listed, gap));

    List<ScanResult> result = run();

    assertThat(log.unconfirmed()).containsOnlyKeys(decided);
    assertThat(inDoubt(result).get(0).next()).contains("lists no branch", "by force");
  }

  private List<InDoubtTransaction> inDoubt(List<ScanResult> result) {
    NodeIdentity identity = new NodeIdentity("n1", LOG, 2, List.of(1L));
    return new InDoubtReport(identity, log.content(), List.of(), result, resolutions, Instant.EPOCH)
        .transactions(active);
  }

  @ParameterizedTest
  @ValueSource(strings = {"n", "n10", "n1-a", "n2"})
  void branchesOfAnotherNodeAreLeftAloneThoughItsNameSharesAPrefix(String other) {
    broker.holds(new TransactionId(other, LOG, 1, 1));

    List<ScanResult> result = run();

    assertThat(broker.branches()).hasSize(1);
    assertThat(result).allMatch(ScanResult::isClean);
    assertThat(trace.steps()).noneMatch(step -> step.startsWith("broker:"));
  }

  @Test
  void aBranchWhoseDecisionWouldBeInAnotherLogWaitsForAPerson() {
    TransactionId lost = new TransactionId("n1", "ffffffff", 1, 1);
    log.says(decided, Verdict.COMMIT);
    broker.holds(lost);

    List<ScanResult> result = run();

    assertThat(broker.branches()).containsExactly(FakeXid.of(lost, "broker"));
    assertThat(result.get(0).remaining()).isEqualTo(1);
    assertThat(result.get(0).isClean()).isFalse();
    assertThat(log.unconfirmed()).containsOnlyKeys(decided);
  }

  @Test
  void aBranchOfAnotherTransactionManagerIsLeftAlone() {
    byte[] ours = undecided.toString().getBytes(StandardCharsets.US_ASCII);
    broker.holds(new FakeXid(0x1234, ours, new byte[] {1}));
    broker.holds(new FakeXid(TransactionId.FORMAT_ID, new byte[] {1, 2, 3}, new byte[] {1}));

    List<ScanResult> result = run();

    assertThat(broker.branches()).hasSize(2);
    assertThat(result).allMatch(ScanResult::isClean);
  }

  @Test
  void aParticipantThatIsAwayStopsNoOtherAndKeepsEveryDecision() {
    log.says(decided, Verdict.COMMIT);
    broker.away(true);
    database.holds(decided, undecided);

    List<ScanResult> result = run();

    assertThat(result)
        .extracting(ScanResult::isScanned, ScanResult::committed, ScanResult::rolledBack)
        .containsExactly(tuple(false, 0, 0), tuple(true, 1, 1));
    assertThat(result.get(0).failure()).hasMessage("broker is away");
    assertThat(database.branches()).isEmpty();
    assertThat(log.unconfirmed()).containsOnlyKeys(decided);
  }

  @Test
  void aDecisionIsForgottenOnceEveryParticipantIsBackAndClean() {
    log.says(decided, Verdict.COMMIT);
    broker.away(true).holds(decided);
    database.holds(decided);
    run();

    broker.away(false);
    run();

    assertThat(broker.branches()).isEmpty();
    assertThat(log.unconfirmed()).isEmpty();
  }

  @Test
  void aParticipantThatCannotListItsBranchesWasNotScanned() {
    log.says(decided, Verdict.COMMIT);
    broker.cannotList();

    List<ScanResult> result = run();

    assertThat(result.get(0).isScanned()).isFalse();
    assertThat(result.get(1).isScanned()).isTrue();
    assertThat(trace.steps()).contains("close broker");
    assertThat(log.unconfirmed()).containsOnlyKeys(decided);
  }

  @Test
  void aCommitThatFailsLeavesItsBranchAndItsDecisionAndStopsNoOther() {
    log.says(decided, Verdict.COMMIT);
    broker.holds(decided, undecided).failsFor(decided, new XAException(XAException.XAER_RMFAIL));

    List<ScanResult> result = run();

    assertThat(broker.branches()).containsExactly(FakeXid.of(decided, "broker"));
    assertThat(result.get(0))
        .extracting(ScanResult::committed, ScanResult::rolledBack, ScanResult::remaining)
        .containsExactly(0, 1, 1);
    assertThat(log.unconfirmed()).containsOnlyKeys(decided);
  }

  @Test
  void aDriverThatFailsWithoutACodeLeavesItsBranchToo() {
    broker.holds(undecided).failsFor(undecided, new IllegalStateException("closed"));

    List<ScanResult> result = run();

    assertThat(broker.branches()).hasSize(1);
    assertThat(result).extracting(ScanResult::remaining).containsExactly(1, 0);
  }

  @Test
  void aBranchWhoseDecisionIsNotKnownYetIsLeftForTheNextScan() {
    log.says(undecided, Verdict.UNKNOWN).says(decided, Verdict.COMMIT);
    broker.holds(undecided);
    List<ScanResult> first = run();
    assertThat(first.get(0).isClean()).isFalse();
    assertThat(broker.branches()).hasSize(1);
    assertThat(log.unconfirmed()).containsOnlyKeys(decided);

    log.says(undecided, Verdict.NONE);
    List<ScanResult> second = run();

    assertThat(second).allMatch(ScanResult::isClean);
    assertThat(broker.branches()).isEmpty();
    assertThat(log.unconfirmed()).isEmpty();
  }

  @Test
  void aBranchOfAnEarlierIncarnationThatShowsUpLateIsRolledBack() {
    run();
    broker.holds(undecided);

    run();

    assertThat(broker.branches()).isEmpty();
  }

  @Test
  void aDecisionThatNamesAParticipantThatIsNotKnownHereIsKept() {
    log.says(decided, Verdict.COMMIT, "broker", "database", "database:archive");

    List<ScanResult> result = run();

    assertThat(result).allMatch(ScanResult::isClean);
    assertThat(log.unconfirmed()).containsOnlyKeys(decided);
  }

  @Test
  void aDecisionThatNamesAParticipantThatIsNotKnownHereIsForgottenOnceThatOneIsBackAndClean() {
    FakeParticipant archive = new FakeParticipant("database:archive", trace).holds(decided);
    log.says(decided, Verdict.COMMIT, "broker", "database:archive");
    run();

    scan.run(List.of(broker, database, archive));

    assertThat(archive.branches()).isEmpty();
    assertThat(log.unconfirmed()).isEmpty();
  }

  @Test
  void aParticipantThatADecisionDoesNotNameDoesNotKeepIt() {
    log.says(decided, Verdict.COMMIT, "broker", "outcome");
    database.away(true);

    run();

    assertThat(log.unconfirmed()).isEmpty();
  }

  @Test
  void aDecisionThatNamesOnlyTheOutcomeAndCleanOnesIsForgotten() {
    TransactionId alone = new TransactionId("n1", LOG, 1, 3);
    log.says(decided, Verdict.COMMIT, "outcome", "database");
    log.says(alone, Verdict.COMMIT, "outcome");
    database.holds(decided);

    run();

    assertThat(trace.steps())
        .containsSubsequence("database: commit " + decided, "forget " + decided);
    assertThat(log.unconfirmed()).isEmpty();
  }

  @Test
  void aBranchOfALaterIncarnationThanThisOneWaitsForAPerson() {
    TransactionId ahead = new TransactionId("n1", LOG, 3, 1);
    TransactionId present = new TransactionId("n1", LOG, 2, 1);
    log.says(decided, Verdict.COMMIT);
    broker.holds(ahead, present);

    List<ScanResult> result = run();

    assertThat(broker.branches()).containsExactly(FakeXid.of(ahead, "broker"));
    assertThat(result.get(0))
        .extracting(ScanResult::rolledBack, ScanResult::remaining, ScanResult::isClean)
        .containsExactly(1, 1, false);
    assertThat(log.unconfirmed()).containsOnlyKeys(decided);
  }

  @ParameterizedTest
  @ValueSource(strings = {"abad0ed1.1", "abad0ed1.9"})
  void whatAnAbandonedLogHasLeftIsRolledBack(String log) {
    String[] parts = log.split("\\.");
    TransactionId lost = new TransactionId("n1", parts[0], Long.parseLong(parts[1]), 1);
    broker.holds(lost);

    assertThat(run().get(0).rolledBack()).isEqualTo(1);
    assertThat(broker.branches()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        XAException.XA_HEURRB,
        XAException.XA_HEURMIX,
        XAException.XA_HEURHAZ,
        XAException.XA_RBROLLBACK,
        XAException.XA_RBTIMEOUT
      })
  void aDecidedBranchThatEndedOtherwiseIsKeptForAPersonWithItsDecision(int code) {
    log.says(decided, Verdict.COMMIT);
    broker.holds(decided, undecided).failsFor(decided, new XAException(code));

    List<ScanResult> result = run();
    run();

    assertThat(resolutions.heuristics())
        .extracting(known -> known.branch().transaction(), known -> known.branch().participant())
        .containsExactly(tuple(decided, "broker"));
    assertThat(result.get(0))
        .extracting(ScanResult::rolledBack, ScanResult::remaining)
        .containsExactly(1, 1);
    assertThat(log.unconfirmed()).containsOnlyKeys(decided);
    assertThat(trace.steps()).doesNotContain("broker: forget " + decided);
  }

  @ParameterizedTest
  @ValueSource(ints = {XAException.XA_HEURCOM, XAException.XA_HEURMIX, XAException.XA_HEURHAZ})
  void anUndecidedBranchThatEndedOtherwiseIsKeptForAPerson(int code) {
    broker.holds(undecided).failsFor(undecided, new XAException(code));

    run();

    assertThat(resolutions.heuristics())
        .extracting(Heuristic::decision, Heuristic::outcome)
        .containsExactly(tuple(BranchAction.ROLLBACK, Heuristic.outcomeOf(new XAException(code))));
  }

  @Test
  void aBranchThatEndedOnItsOwnAsItWasDecidedIsForgotten() {
    log.says(decided, Verdict.COMMIT);
    broker.holds(decided).failsFor(decided, new XAException(XAException.XA_HEURCOM));
    database.holds(undecided).failsFor(undecided, new XAException(XAException.XA_HEURRB));

    List<ScanResult> result = run();

    assertThat(trace.steps())
        .contains("broker: forget " + decided, "database: forget " + undecided);
    assertThat(result).allMatch(ScanResult::isClean);
    assertThat(resolutions.heuristics()).isEmpty();
    assertThat(log.unconfirmed()).isEmpty();
  }

  @Test
  void aDecisionIsForgottenOnceAPersonHasGivenUpThoseWhoDidNotConfirm() throws Exception {
    log.says(decided, Verdict.COMMIT, "broker", "database:gone");
    run();
    assertThat(log.unconfirmed()).containsOnlyKeys(decided);

    new Resolver(
            new Resolver.Decisions(new NodeIdentity("n1", LOG, 2, List.of(1L)), log, null),
            active,
            () -> List.of(broker),
            resolutions,
            new SteppedClock())
        .carryOut(
            new Resolver.Order(
                Branch.of(decided, "database:gone").xid(),
                BranchAction.FORGET,
                "ann",
                "sold",
                true));
    broker.away(true);
    run();
    assertThat(log.unconfirmed()).containsOnlyKeys(decided);
    broker.away(false);
    run();

    assertThat(log.unconfirmed()).isEmpty();
  }

  @Test
  void aBranchThatItsWorkerHasEndedSinceItWasListedIsNoWarning() {
    broker.holds(undecided).failsFor(undecided, new XAException(XAException.XAER_NOTA));

    List<ScanResult> results = run();

    assertThat(said.lines()).isEmpty();
    assertThat(results.get(0).remaining()).as("not confirmed before it is seen gone").isEqualTo(1);
  }

  @Test
  void aBranchThatIsListedAgainAndStillNotKnownIsAWarning() {
    broker.holds(undecided).failsFor(undecided, new XAException(XAException.XAER_NOTA));

    run();
    run();

    assertThat(said.lines()).singleElement().asString().contains("branch not recovered", "code -4");
  }
}
