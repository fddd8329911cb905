package io.handfast.resolution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.log.DecisionLog.Verdict;
import io.handfast.log.FakeDecisionLog;
import io.handfast.node.NodeIdentity;
import io.handfast.recovery.FakeParticipant;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.RefusedException;
import io.handfast.transaction.RefusedException.Reason;
import io.handfast.transaction.SteppedClock;
import io.handfast.transaction.Trace;
import io.handfast.transaction.TransactionId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.transaction.xa.XAException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResolverTest {

  private static final String LOG = "0a1b2c3d";

  private final TransactionId decided = new TransactionId("n1", LOG, 1, 1);
  private final TransactionId undecided = new TransactionId("n1", LOG, 1, 2);
  private final TransactionId lost = new TransactionId("n1", "ffffffff", 1, 3);
  private final TransactionId others = new TransactionId("n10", LOG, 1, 1);

  private final Trace trace = new Trace();
  private final FakeDecisionLog log = new FakeDecisionLog(trace);
  private final ActiveTransactions active = new ActiveTransactions();
  private final SteppedClock clock = new SteppedClock();
  private final FakeParticipant broker = new FakeParticipant("broker", trace);
  private final FakeParticipant database = new FakeParticipant("database", trace);
  private Path file;
  private Resolutions resolutions;
  private Resolver resolver;

  @BeforeEach
  void open(@TempDir Path directory) {
    file = directory.resolve("resolutions.jsonl");
    resolutions = Resolutions.open(file);
    resolver =
        new Resolver(
            new Resolver.Decisions(new NodeIdentity("n1", LOG, 2, List.of(1L)), log, null),
            active,
            () -> List.of(broker, database),
            resolutions,
            clock);
    log.says(decided, Verdict.COMMIT);
  }

  @AfterEach
  void close() {
    resolutions.close();
  }

  private OperatorAct run(TransactionId id, String participant, BranchAction action, boolean force)
      throws RefusedException {
    clock.advance(Duration.ofSeconds(1));
    String xid = Branch.of(id, participant).xid();
    return resolver.carryOut(new Resolver.Order(xid, action, "ann", "night shift", force));
  }

  private static void assertRefused(Reason reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void whatTheLogSaysIsDoneAndWrittenDown() throws Exception {
    broker.holds(decided);

    OperatorAct act = run(decided, "broker", BranchAction.COMMIT, false);

    assertThat(broker.branches()).isEmpty();
    assertThat(act.result()).isEqualTo("done");
    assertThat(act.forced()).isFalse();
    assertThat(Files.readString(file)).contains("ann", "night shift", decided.toString());
    assertThat(resolutions.heuristics()).isEmpty();
  }

  @Test
  void whatContradictsTheLogNeedsForceAndIsAHeuristicThen() throws Exception {
    broker.holds(decided, undecided);
    assertRefused(
        Reason.CONTRADICTS_LOG, () -> run(decided, "broker", BranchAction.ROLLBACK, false));
    assertRefused(
        Reason.CONTRADICTS_LOG, () -> run(undecided, "broker", BranchAction.COMMIT, false));
    assertThat(broker.branches()).hasSize(2);
    assertThat(resolutions.acts()).isEmpty();

    assertThat(run(decided, "broker", BranchAction.ROLLBACK, true).forced()).isTrue();

    assertThat(broker.branches()).hasSize(1);
    assertThat(resolutions.heuristics())
        .extracting(Heuristic::outcome)
        .containsExactly(Heuristic.Outcome.ROLLED_BACK);
  }

  @Test
  void aDecisionThatIsNotKnownYetContradictsBoth() {
    log.says(undecided, Verdict.UNKNOWN);
    broker.holds(undecided);

    assertRefused(
        Reason.CONTRADICTS_LOG, () -> run(undecided, "broker", BranchAction.ROLLBACK, false));
    assertRefused(
        Reason.CONTRADICTS_LOG, () -> run(undecided, "broker", BranchAction.COMMIT, false));
  }

  @Test
  void theBranchesOfALostLogAreForAPersonToResolveAllInOneWay() throws Exception {
    broker.holds(lost);
    database.holds(lost);

    run(lost, "broker", BranchAction.COMMIT, false);

    assertRefused(
        Reason.CONTRADICTS_LOG, () -> run(lost, "database", BranchAction.ROLLBACK, false));
    run(lost, "database", BranchAction.COMMIT, false);
    assertThat(database.branches()).isEmpty();
  }

  @Test
  void whatIsNotThisNodesIsNeverTouchedNotEvenByForce() {
    broker.holds(others);

    assertRefused(Reason.BRANCH_NOT_OURS, () -> run(others, "broker", BranchAction.ROLLBACK, true));
    assertRefused(
        Reason.BRANCH_NOT_OURS,
        () ->
            resolver.carryOut(
                new Resolver.Order("4660-01ab-02", BranchAction.COMMIT, "ann", "why", true)));
    assertThat(trace.steps()).noneMatch(step -> step.startsWith("open"));
  }

  @Test
  void whatAWorkerHasInHandIsLeftToIt() {
    active.add(decided);
    broker.holds(decided);

    assertRefused(Reason.BRANCH_IN_USE, () -> run(decided, "broker", BranchAction.COMMIT, true));
  }

  @Test
  void whatNobodyHoldsIsNotFound() {
    assertRefused(
        Reason.BRANCH_NOT_FOUND, () -> run(decided, "broker", BranchAction.COMMIT, false));
    assertRefused(
        Reason.BRANCH_NOT_FOUND, () -> run(undecided, "broker", BranchAction.FORGET, true));
  }

  @Test
  void aParticipantThatCannotBeAskedIsSaidSo() {
    broker.away(true);

    assertRefused(
        Reason.PARTICIPANT_UNAVAILABLE, () -> run(decided, "broker", BranchAction.COMMIT, false));
    assertRefused(
        Reason.PARTICIPANT_UNAVAILABLE,
        () -> run(decided, "database:gone", BranchAction.COMMIT, false));
  }

  @Test
  void aFailureIsWrittenDownToo() {
    broker.holds(decided).failsFor(decided, new XAException(XAException.XAER_RMFAIL));

    assertRefused(
        Reason.PARTICIPANT_UNAVAILABLE, () -> run(decided, "broker", BranchAction.COMMIT, false));

    assertThat(resolutions.acts())
        .extracting(OperatorAct::result)
        .containsExactly("failed: code -7 (XAER_RMFAIL)");
  }

  @Test
  void aHeuristicIsForgottenAtTheParticipantAndHere() throws Exception {
    broker.holds(decided);
    resolutions.keep(
        new Heuristic(
            Branch.of(decided, "broker"),
            BranchAction.COMMIT,
            Heuristic.Outcome.ROLLED_BACK,
            "code 6",
            clock.instant()));
    assertRefused(Reason.CONTRADICTS_LOG, () -> run(decided, "broker", BranchAction.COMMIT, false));

    run(decided, "broker", BranchAction.FORGET, false);

    assertThat(trace.steps()).contains("broker: forget " + decided);
    assertThat(resolutions.heuristics()).isEmpty();
  }

  @Test
  void aParticipantThatIsGoneForGoodIsGivenUpByForceOnly() throws Exception {
    log.says(decided, Verdict.COMMIT, "broker", "database:gone");
    assertRefused(
        Reason.CONTRADICTS_LOG, () -> run(decided, "database:gone", BranchAction.FORGET, false));

    run(decided, "database:gone", BranchAction.FORGET, true);

    assertThat(resolutions.givenUp(decided)).containsExactly("database:gone");
  }

  @Test
  void aBranchThatIsStillPreparedIsNotGivenUp() {
    broker.holds(decided);

    assertRefused(Reason.CONTRADICTS_LOG, () -> run(decided, "broker", BranchAction.FORGET, true));
  }
}
