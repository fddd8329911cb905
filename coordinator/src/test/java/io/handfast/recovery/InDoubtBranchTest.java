package io.handfast.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.handfast.event.Events;
import io.handfast.log.DecisionLog;
import io.handfast.log.FakeDecisionLog;
import io.handfast.node.NodeIdentity;
import io.handfast.participant.BranchFact;
import io.handfast.participant.BranchText;
import io.handfast.recovery.InDoubtBranch.Decision;
import io.handfast.recovery.InDoubtBranch.SafeAction;
import io.handfast.resolution.Resolutions;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.FakeXid;
import io.handfast.transaction.SteppedClock;
import io.handfast.transaction.Trace;
import io.handfast.transaction.TransactionId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a scan tells of the branches that it has left as they are. */
class InDoubtBranchTest {

  private static final String LOG = "0a1b2c3d";

  @TempDir static Path directory;

  private final TransactionId mine = new TransactionId("n1", LOG, 1, 1);
  private final TransactionId lost = new TransactionId("n1", "ffffffff", 1, 1);
  private final Trace trace = new Trace();
  private final FakeDecisionLog log = new FakeDecisionLog(trace);
  private final ActiveTransactions active = new ActiveTransactions();
  private final SteppedClock clock = new SteppedClock();
  private final FakeParticipant broker = new FakeParticipant("broker", trace);
  private final Resolutions resolutions =
      Resolutions.open(directory.resolve(UUID.randomUUID() + ".jsonl"));
  private final RecoveryScan scan =
      new RecoveryScan(
          new Recovery.Node(
              new NodeIdentity("n1", LOG, 2, List.of(1L)), log, null, resolutions, null),
          active,
          ScanTimes.withAbandoned("abad0ed1"),
          Events.NONE,
          clock);

  @Test
  void whatAPersonMayDoFollowsFromWhatTheLogKnows() {
    TransactionId commit = new TransactionId("n1", LOG, 1, 2);
    TransactionId rollback = new TransactionId("n1", LOG, 1, 3);
    TransactionId unknown = new TransactionId("n1", LOG, 1, 4);
    TransactionId ahead = new TransactionId("n1", LOG, 3, 1);
    TransactionId others = new TransactionId("n2", LOG, 1, 1);
    XAException away = new XAException(XAException.XAER_RMFAIL);
    log.says(commit, DecisionLog.Verdict.COMMIT).says(unknown, DecisionLog.Verdict.UNKNOWN);
    active.add(mine);
    broker.holds(mine, commit, rollback, unknown, lost, ahead, others);
    broker.failsFor(commit, away).failsFor(rollback, away);

    ScanResult result = scan.run(List.of(broker)).get(0);

    assertThat(result.left())
        .extracting(InDoubtBranch::transaction, InDoubtBranch::decision, InDoubtBranch::safeAction)
        .containsExactly(
            tuple(mine, Decision.UNKNOWN, SafeAction.WAIT),
            tuple(commit, Decision.COMMIT, SafeAction.COMMIT),
            tuple(rollback, Decision.ROLLBACK, SafeAction.ROLLBACK),
            tuple(unknown, Decision.UNKNOWN, SafeAction.WAIT),
            tuple(lost, Decision.UNKNOWN, SafeAction.WAIT),
            tuple(ahead, Decision.UNKNOWN, SafeAction.WAIT),
            tuple(others, Decision.UNKNOWN, SafeAction.NONE));
    assertThat(result.remaining()).isEqualTo(5);
  }

  @Test
  void aBranchOfAnotherTransactionManagerHasNoTransaction() {
    broker.holds(new FakeXid(0x1234, new byte[] {1, (byte) 0xAB}, new byte[] {2}));

    ScanResult result = scan.run(List.of(broker)).get(0);

    assertThat(result.left())
        .extracting(
            InDoubtBranch::transaction,
            InDoubtBranch::xid,
            InDoubtBranch::participant,
            InDoubtBranch::safeAction)
        .containsExactly(tuple(null, "4660-01ab-02", "broker", SafeAction.NONE));
  }

  @Test
  void whatWasResolvedIsNotLeft() {
    broker.holds(mine);

    assertThat(scan.run(List.of(broker)).get(0).left()).isEmpty();
  }

  @Test
  void aBranchIsAsOldAsItsFirstScan() {
    broker.holds(lost);
    Instant first = clock.instant();
    scan.run(List.of(broker));
    clock.advance(Duration.ofSeconds(10));

    ScanResult result = scan.run(List.of(broker)).get(0);

    assertThat(result.at()).isEqualTo(clock.instant());
    assertThat(result.left()).extracting(InDoubtBranch::since).containsExactly(first);
  }

  @Test
  void aBranchIsAsOldAsItsFirstScanThoughItsParticipantWasAwayMeanwhile() {
    broker.holds(lost);
    Instant first = clock.instant();
    scan.run(List.of(broker));
    clock.advance(Duration.ofSeconds(10));
    scan.run(List.of(broker.away(true)));

    ScanResult result = scan.run(List.of(broker.away(false))).get(0);

    assertThat(result.left()).extracting(InDoubtBranch::since).containsExactly(first);
  }

  @Test
  void databasesWhoseNamesBeginAlikeDoNotMakeEachOthersBranchesYoung() {
    FakeParticipant database = new FakeParticipant("database", trace).holds(lost);
    FakeParticipant archive = new FakeParticipant("database:archive", trace).holds(lost);
    List<Instant> first = List.of(clock.instant());
    scan.run(List.of(database, archive));
    clock.advance(Duration.ofSeconds(10));

    List<ScanResult> results = scan.run(List.of(database, archive));

    assertThat(seen(results)).isEqualTo(Map.of("database", first, "database:archive", first));
  }

  private static Map<String, List<Instant>> seen(List<ScanResult> results) {
    return results.stream()
        .collect(
            Collectors.toMap(
                ScanResult::participant,
                result -> result.left().stream().map(InDoubtBranch::since).toList()));
  }

  @Test
  void theParticipantsOwnListGivesTheAgeAndMore() {
    String xid = BranchText.of(FakeXid.of(lost, "broker"));
    broker.holds(lost).tells(new BranchFact(xid, Duration.ofHours(3), "gid x, owner y"));

    InDoubtBranch left = scan.run(List.of(broker)).get(0).left().get(0);

    assertThat(left.since()).isEqualTo(clock.instant().minus(Duration.ofHours(3)));
    assertThat(left.detail()).isEqualTo("gid x, owner y");
  }

  @Test
  void somethingPreparedThatIsNoBranchIsShownAsForeign() {
    broker.tells(new BranchFact("a transaction of psql", Duration.ofMinutes(1), "owner z"));

    ScanResult result = scan.run(List.of(broker)).get(0);

    assertThat(result.left())
        .extracting(InDoubtBranch::xid, InDoubtBranch::safeAction, InDoubtBranch::detail)
        .containsExactly(tuple("a transaction of psql", SafeAction.NONE, "owner z"));
    assertThat(result.isClean()).isTrue();
  }
}
