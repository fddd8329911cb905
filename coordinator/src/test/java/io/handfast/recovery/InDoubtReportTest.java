package io.handfast.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.handfast.event.Events;
import io.handfast.log.DecisionLog;
import io.handfast.log.FakeDecisionLog;
import io.handfast.log.RemoteBranch;
import io.handfast.node.NodeIdentity;
import io.handfast.recovery.InDoubtBranch.Decision;
import io.handfast.recovery.InDoubtBranch.SafeAction;
import io.handfast.recovery.InDoubtTransaction.Part;
import io.handfast.recovery.InDoubtTransaction.State;
import io.handfast.resolution.Resolutions;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.SteppedClock;
import io.handfast.transaction.Trace;
import io.handfast.transaction.TransactionId;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees of a transaction over all its participants. */
class InDoubtReportTest {

  private static final String LOG = "0a1b2c3d";
  private static final NodeIdentity IDENTITY = new NodeIdentity("n1", LOG, 2, List.of(1L));

  private static final Instant NOW = Instant.parse("2026-03-29T01:59:59Z");

  private final List<RemoteBranch> services = new ArrayList<>();
  private final TransactionId id = new TransactionId("n1", LOG, 1, 1);
  private final Trace trace = new Trace();
  private final FakeDecisionLog log = new FakeDecisionLog(trace);
  private final ActiveTransactions active = new ActiveTransactions();
  private final FakeParticipant broker = new FakeParticipant("broker", trace);
  private final FakeParticipant database = new FakeParticipant("database", trace);
  private Resolutions resolutions;
  private RecoveryScan scan;

  @BeforeEach
  void open(@TempDir Path directory) {
    resolutions = Resolutions.open(directory.resolve("resolutions.jsonl"));
    scan =
        new RecoveryScan(
            new Recovery.Node(IDENTITY, log, null, resolutions, null),
            active,
            ScanTimes.NEVER,
            Events.NONE,
            new SteppedClock());
  }

  private List<InDoubtTransaction> join() {
    List<ScanResult> results = scan.run(List.of(broker, database));
    return new InDoubtReport(IDENTITY, log.content(), services, results, resolutions, NOW)
        .transactions(active);
  }

  @Test
  void aParticipantThatIsAwayIsWaitedFor() {
    log.says(id, DecisionLog.Verdict.COMMIT);
    database.away(true);

    InDoubtTransaction transaction = join().get(0);

    assertThat(transaction.parts())
        .extracting(Part::participant, Part::state)
        .containsExactly(tuple("broker", State.DONE), tuple("database", State.AWAY));
    assertThat(transaction.decision()).isEqualTo(Decision.COMMIT);
    assertThat(transaction.safeAction()).isEqualTo(SafeAction.WAIT);
    assertThat(transaction.next()).contains("Nothing to do", "database");
  }

  @Test
  void aBranchThatCouldNotBeEndedShowsTheSafeAction() {
    log.says(id, DecisionLog.Verdict.COMMIT);
    broker.holds(id).failsFor(id, new XAException(XAException.XAER_RMFAIL));

    InDoubtTransaction transaction = join().get(0);

    assertThat(transaction.parts())
        .extracting(Part::state)
        .containsExactly(State.PREPARED, State.DONE);
    assertThat(transaction.safeAction()).isEqualTo(SafeAction.COMMIT);
  }

  @Test
  void aTransactionOfALostLogSaysWhichLogIsMissing() {
    TransactionId lost = new TransactionId("n1", "ffffffff", 35, 1);
    broker.holds(lost);

    InDoubtTransaction transaction = join().get(0);

    assertThat(transaction.decision()).isEqualTo(Decision.UNKNOWN);
    assertThat(transaction.safeAction()).isEqualTo(SafeAction.WAIT);
    assertThat(transaction.next()).contains("ffffffff.z");
    assertThat(transaction.parts())
        .extracting(Part::state)
        .containsExactly(State.PREPARED, State.NOTHING);
  }

  @Test
  void aBranchThatEndedOtherwiseIsAHeuristic() {
    log.says(id, DecisionLog.Verdict.COMMIT);
    broker.holds(id).failsFor(id, new XAException(XAException.XA_HEURRB));

    InDoubtTransaction transaction = join().get(0);

    assertThat(transaction.parts())
        .extracting(Part::state)
        .containsExactly(State.HEURISTIC, State.DONE);
    assertThat(transaction.safeAction()).isEqualTo(SafeAction.NONE);
    assertThat(transaction.next()).contains("forget");
  }

  @Test
  void aParticipantThatIsNoLongerConfiguredIsNamed() {
    log.says(id, DecisionLog.Verdict.COMMIT, "broker", "database:old");

    assertThat(join().get(0).next()).contains("database:old", "configuration");
  }

  @Test
  void whatAWorkerHasInHandAndWhatIsNotThisNodesIsLeftOut() {
    active.add(id);
    log.says(id, DecisionLog.Verdict.COMMIT);
    broker.holds(id, new TransactionId("n2", LOG, 1, 1));

    assertThat(join()).isEmpty();
  }

  @Test
  void aServiceThatWasNotToldTheRollbackIsWaitedFor() {
    services.add(new RemoteBranch(id, "remote:1", "stock", URI.create("http://a/tx"), "mine"));

    InDoubtTransaction transaction = join().get(0);

    assertThat(transaction.decision()).isEqualTo(Decision.ROLLBACK);
    assertThat(transaction.parts()).extracting(Part::state).contains(State.PREPARED);
    assertThat(transaction.next()).contains("Nothing to do", "stock");
    assertThat(transaction.safeAction()).isEqualTo(SafeAction.WAIT);
  }

  @Test
  void aServiceThatHasConfirmedIsDone() {
    log.says(id, DecisionLog.Verdict.COMMIT, "broker", "remote:1", "remote:2");
    services.add(new RemoteBranch(id, "remote:1", "stock", URI.create("http://a/tx"), "mine"));

    assertThat(join().get(0).parts())
        .extracting(Part::participant, Part::state)
        .containsExactly(
            tuple("broker", State.DONE),
            tuple("remote:1", State.PREPARED),
            tuple("remote:2", State.DONE));
  }
}
