package io.handfast.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.commit.Markers;
import io.handfast.database.DatabaseSession;
import io.handfast.database.Marker;
import io.handfast.database.MemoryDatabase;
import io.handfast.database.MemorySeam;
import io.handfast.database.MemoryServer;
import io.handfast.event.Events;
import io.handfast.log.FakeDecisionLog;
import io.handfast.message.InMemoryBroker;
import io.handfast.node.NodeConfig;
import io.handfast.node.NodeIdentity;
import io.handfast.node.Participants;
import io.handfast.participant.BranchText;
import io.handfast.resolution.BranchAction;
import io.handfast.resolution.Resolutions;
import io.handfast.resolution.Resolver;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.MarkedBranch;
import io.handfast.transaction.RefusedException;
import io.handfast.transaction.SteppedClock;
import io.handfast.transaction.Trace;
import io.handfast.transaction.TransactionId;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of branches that a marker decides. */
class MarkedRecoveryTest {

  private static final String LOG = "0a1b2c3d";
  private static final NodeIdentity IDENTITY = new NodeIdentity("n1", LOG, 2, List.of(1L));
  private static final TransactionId OURS = new TransactionId("n1", LOG, 1, 2);
  private static final TransactionId OF_ANOTHER = new TransactionId("n2", "ffffffff", 1, 2);

  @TempDir static Path directory;

  private final Trace trace = new Trace();
  private final FakeDecisionLog log = new FakeDecisionLog(trace);
  private final ActiveTransactions active = new ActiveTransactions();
  private final SteppedClock clock = new SteppedClock();
  private final FakeParticipant broker = new FakeParticipant("broker", trace);
  private final MemoryServer server = new MemoryServer();
  private boolean isAway;
  private final MemoryDatabase database =
      new MemoryDatabase(
          "database",
          server,
          new MemorySeam() {
            @Override
            public void before(String call) throws SQLException {
              if (isAway) {
                throw MemoryServer.failure("the database is away", "08006");
              }
            }
          });
  private final Markers markers =
      new Markers(
          new Participants(
              new InMemoryBroker(step -> {}), Map.of(NodeConfig.DEFAULT_DATABASE, database)));
  private final Resolutions resolutions =
      Resolutions.open(directory.resolve(UUID.randomUUID() + ".jsonl"));
  private final RecoveryScan scan =
      new RecoveryScan(
          new Recovery.Node(IDENTITY, log, null, resolutions, markers),
          active,
          ScanTimes.NEVER,
          Events.NONE,
          clock);

  /** A prepared branch of a slot, whose unit was committed or not. */
  private MarkedBranch prepared(TransactionId id, boolean isCommitted) throws Exception {
    try (DatabaseSession session = database.openLocal()) {
      Marker.Slot slot =
          session
              .marker()
              .open(new Marker.Place("n", "orders", id.node(), ""), Duration.ofMinutes(1));
      MarkedBranch branch = new MarkedBranch(slot.table(), slot.id(), 0, 1, id);
      if (isCommitted) {
        session.marker().write(slot, "", branch.unit());
        session.commit();
      }
      broker.holds(branch.xid());
      return branch;
    }
  }

  private ScanResult scan() {
    return scan.run(List.of(broker)).get(0);
  }

  private InDoubtTransaction inDoubt(ScanResult result) {
    return new InDoubtReport(
            IDENTITY, List.of(), List.of(), List.of(result), resolutions, clock.instant())
        .transactions(active)
        .get(0);
  }

  private void resolve(MarkedBranch branch, BranchAction action, boolean force) throws Exception {
    new Resolver(
            new Resolver.Decisions(IDENTITY, log, markers),
            active,
            () -> List.of(broker),
            resolutions,
            clock)
        .carryOut(
            new Resolver.Order(BranchText.of(branch.xid()), action, "operator", "why", force));
  }

  @Test
  void theMarkerDecidesAndTheLogIsNotAsked() throws Exception {
    MarkedBranch committed = prepared(OURS, true);
    MarkedBranch undecided = prepared(new TransactionId("n1", LOG, 1, 4), false);

    ScanResult result = scan();

    assertThat(trace.steps())
        .contains("broker: commit " + committed.xid(), "broker: roll back " + undecided.xid())
        .doesNotContain("ask log");
    assertThat(result.remaining()).isZero();
  }

  @Test
  void aUnitInFlightIsLeftToItsWorker() throws Exception {
    prepared(OURS, false);
    active.add(OURS);

    scan();

    assertThat(broker.branches()).hasSize(1);
  }

  @Test
  void aRowThatIsMissingIsNeverTakenForARollback() throws Exception {
    MarkedBranch branch = prepared(OURS, true);
    server.emptyMarker();

    ScanResult result = scan();

    assertThat(broker.branches()).hasSize(1);
    InDoubtTransaction doubt = inDoubt(result);
    assertThat(doubt.id()).isEqualTo(OURS);
    assertThat(doubt.next()).contains("the row of its slot " + branch.slot() + " is missing");
    assertThat(doubt.decision()).isEqualTo(InDoubtBranch.Decision.UNKNOWN);
    assertThat(doubt.safeAction()).isEqualTo(InDoubtBranch.SafeAction.WAIT);
    assertThat(doubt.parts())
        .extracting(InDoubtTransaction.Part::participant)
        .containsOnly("broker");
    assertThatThrownBy(() -> resolve(branch, BranchAction.COMMIT, false))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("The marker cannot say yet");
    resolve(branch, BranchAction.COMMIT, true);
    assertThat(broker.branches()).isEmpty();
  }

  /** The broker is of today, and the database is from before the branch began. */
  @Test
  void aRowOfABackUpIsNeverTakenForARollback() throws Exception {
    MarkedBranch now = prepared(OURS, true);
    MarkedBranch later = new MarkedBranch(now.table(), now.slot(), 3, 1, OURS);
    broker.holds(later.xid());

    ScanResult result = scan();

    assertThat(broker.branches()).hasSize(1);
    assertThat(inDoubt(result).next())
        .contains("has 1 committed units", "had 3 when it began", "restored from a back-up");
    assertThatThrownBy(() -> resolve(later, BranchAction.ROLLBACK, false))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("The marker cannot say yet");
  }

  @Test
  void aMarkerOfAnotherTableIsNotAsked() throws Exception {
    MarkedBranch ours = prepared(new TransactionId("n1", LOG, 1, 4), false);
    MarkedBranch ofAnother = new MarkedBranch("ffffffffffffffff", ours.slot(), 0, 1, OURS);
    broker.holds(ofAnother.xid());

    ScanResult result = scan();

    assertThat(broker.branches()).as("only that of the table here is rolled back").hasSize(1);
    assertThat(inDoubt(result).next())
        .contains("its marker table ffffffffffffffff is at no database of this node");
  }

  @Test
  void aDatabaseThatIsAwayIsAskedAgain() throws Exception {
    prepared(OURS, true);
    isAway = true;
    ScanResult before = scan();
    assertThat(inDoubt(before).next()).contains("cannot be asked: the database is away");
    assertThat(before.isToBeAskedAgain()).isTrue();
    isAway = false;

    scan();

    assertThat(broker.branches()).isEmpty();
  }

  @Test
  void anActAgainstTheMarkerIsRefused() throws Exception {
    MarkedBranch branch = prepared(OURS, true);

    assertThatThrownBy(() -> resolve(branch, BranchAction.ROLLBACK, false))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("The marker has decided to commit it");
    resolve(branch, BranchAction.COMMIT, false);

    assertThat(broker.branches()).isEmpty();
  }

  @Test
  void aUnitOfANodeThatIsGoneIsFinishedAfterATime() throws Exception {
    MarkedBranch branch = prepared(OF_ANOTHER, true);

    ScanResult first = scan();
    assertThat(broker.branches()).hasSize(1);
    assertThat(first.isToBeAskedAgain()).isTrue();
    clock.advance(ScanTimes.NEVER.takeoverAfter().minusMillis(1));
    scan();
    assertThat(broker.branches()).hasSize(1);
    clock.advance(Duration.ofMillis(1));
    scan();

    assertThat(trace.steps()).contains("broker: commit " + branch.xid());
  }

  @Test
  void aUnitOfANodeThatHoldsItsNameIsLeftToIt() throws Exception {
    prepared(OF_ANOTHER, false);
    scan();
    clock.advance(Duration.ofHours(1));
    broker.nameTaken(true);

    scan();

    assertThat(broker.branches()).hasSize(1);
  }

  @Test
  void theTimeCountsFromTheReturnOfTheBroker() throws Exception {
    prepared(OF_ANOTHER, false);
    scan();
    broker.away(true);
    clock.advance(Duration.ofHours(1));
    scan();
    broker.away(false);

    scan();

    assertThat(broker.branches()).as("its restart has dropped every claim").hasSize(1);
  }
}
