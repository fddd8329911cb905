package io.handfast.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.event.Events;
import io.handfast.log.FakeDecisionLog;
import io.handfast.node.NodeIdentity;
import io.handfast.node.NodeState;
import io.handfast.participant.NodeNameTakenException;
import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.ErrorText;
import io.handfast.transaction.SteppedClock;
import io.handfast.transaction.Trace;
import io.handfast.transaction.TransactionId;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The name first, then the branches; and what a name that was lost or taken closes. */
class NodeFencesTest {

  private static final String LOG = "0a1b2c3d";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final List<String> BOTH = List.of("broker", "database");

  private final Trace trace = new Trace();
  private final FakeParticipant broker = new FakeParticipant("broker", trace);
  private final FakeParticipant database = new FakeParticipant("database", trace);
  private final ActiveTransactions active = new ActiveTransactions();
  private final SteppedClock clock = new SteppedClock();
  private final NodeFences fences = new NodeFences("n1", List.of(broker, database), clock);
  private Recovery recovery;

  @BeforeEach
  void arrange() {
    broker.holds(new TransactionId("n1", LOG, 1, 1));
  }

  @AfterEach
  void stop() {
    if (recovery != null) {
      recovery.stop();
    }
  }

  private void start() throws InterruptedException {
    recovery =
        new Recovery(
            ScanTimes.NEVER,
            fences,
            Scans.node(
                new NodeIdentity("n1", LOG, 2, List.of(1L)), new FakeDecisionLog(new Trace())),
            active,
            Events.NONE,
            clock);
    assertThat(recovery.awaitFirstScan()).isTrue();
  }

  @Test
  void theNameIsClaimedBeforeABranchIsLookedAtAndOnce() throws Exception {
    start();
    recovery.scanNow();

    assertThat(trace.steps())
        .containsExactly(
            "claim n1 at broker",
            "open broker",
            "broker: roll back n1.0a1b2c3d.1.1",
            "close broker",
            "claim n1 at database",
            "open database",
            "close database",
            "open broker",
            "close broker",
            "open database",
            "close database");
  }

  @Test
  void aLostNameIsClaimedAgainBeforeTheNextScan() throws Exception {
    start();
    trace.clear();
    broker.losesFence();

    recovery.scanNow();

    assertThat(trace.steps())
        .startsWith("release broker", "claim n1 at broker", "open broker", "close broker");
    assertThat(recovery.isScanned(BOTH)).isTrue();
  }

  @Test
  void whereTheNameIsTakenNoBranchIsTouchedAndTheGateStaysClosed() throws Exception {
    broker.nameTaken(true);
    start();

    assertThat(trace.steps()).startsWith("refuse n1 at broker").doesNotContain("open broker");
    assertThat(broker.branches()).hasSize(1);
    assertThat(recovery.awaitScanned(BOTH, Duration.ZERO)).isFalse();
    assertThat(recovery.awaitScanned(List.of("database"), Duration.ZERO)).isTrue();
    assertThat(recovery.lastScan().get(0).failure())
        .isInstanceOf(NodeNameTakenException.class)
        .extracting(ErrorText::readable)
        .isEqualTo("the node name 'n1' is held at broker by another coordinator, from elsewhere");
  }

  @Test
  void theGateOpensWhenTheNameIsFree() throws Exception {
    broker.nameTaken(true);
    start();
    broker.nameTaken(false);

    recovery.scanNow();

    assertThat(recovery.isScanned(BOTH)).isTrue();
    assertThat(broker.branches()).isEmpty();
  }

  @Test
  void theGateClosesWhereAnotherHasTakenTheLostName() throws Exception {
    start();
    broker.losesFence().nameTaken(true);

    recovery.scanNow();

    assertThat(recovery.isScanned(BOTH)).isFalse();
    assertThat(recovery.isScanned(List.of("database"))).isTrue();
  }

  @Test
  void theGateClosesWhereTheNameIsLostAndTheParticipantAway() throws Exception {
    start();
    broker.losesFence().away(true);

    recovery.scanNow();

    assertThat(recovery.isScanned(BOTH)).isFalse();
  }

  @Test
  void whoHasOpenedSessionsWhileTheNameWasLostMayNotUseThem() throws Exception {
    start();
    recovery.requireHeld(BOTH);
    database.nameTaken(true).losesFence();

    assertThatThrownBy(() -> recovery.requireHeld(BOTH))
        .isInstanceOf(ParticipantUnavailableException.class)
        .hasMessageContaining("database");
    assertThat(recovery.isScanned(BOTH)).as("the gate, before any scan").isFalse();

    database.nameTaken(false);
    recovery.scanNow();
    recovery.requireHeld(BOTH);
  }

  @Test
  void aNameFoundLostIsClaimedAgainWithoutBeingAsked() throws Exception {
    start();
    database.losesFence();

    assertThatThrownBy(() -> recovery.requireHeld(BOTH))
        .isInstanceOf(ParticipantUnavailableException.class);

    assertThat(recovery.awaitScanned(BOTH, PATIENCE)).isTrue();
    recovery.requireHeld(BOTH);
  }

  private RecoveryHealthCheck health() {
    NodeState state = new NodeState();
    state.open();
    return new RecoveryHealthCheck(recovery, state);
  }

  @Test
  void aNodeWhoseNameIsTakenIsNotReady() throws Exception {
    broker.nameTaken(true);
    start();
    RecoveryHealthCheck health = health();

    assertThat(health.call().getStatus()).isEqualTo(Status.DOWN);
    assertThat(health.call().getData().orElseThrow()).containsEntry("nodeNameTaken", "broker");

    broker.nameTaken(false);
    recovery.scanNow();
    assertThat(health.call().getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void aParticipantThatIsAwayMakesTheNodeNoLessReady() throws Exception {
    broker.away(true);
    start();

    assertThat(health().call().getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void allAreClaimedAtTheStartAndTheRefusalsTold() throws Exception {
    broker.nameTaken(true);

    assertThat(fences.claim(PATIENCE))
        .extracting(NodeNameTakenException::holder)
        .containsExactly("broker, from elsewhere");
    assertThat(trace.steps())
        .containsExactlyInAnyOrder("refuse n1 at broker", "claim n1 at database");

    broker.nameTaken(false);
    assertThat(fences.claim(PATIENCE)).isEmpty();
    fences.requireHeld(BOTH);
  }

  @Test
  @Timeout(10)
  void aParticipantThatDoesNotAnswerHoldsNobodyUp() throws Exception {
    broker.answersNothing();

    assertThat(fences.claim(Duration.ofMillis(100))).isEmpty();

    fences.requireHeld(List.of("database"));
    assertThatThrownBy(() -> fences.requireHeld(List.of("broker")))
        .isInstanceOf(ParticipantUnavailableException.class);
    broker.answers();
  }

  @Test
  void theNameIsGivenUpOnceAndNotClaimedAgain() throws Exception {
    start();
    trace.clear();

    fences.close();
    recovery.scanNow();

    assertThat(trace.steps())
        .containsSubsequence("release broker", "release database")
        .doesNotContain("open broker", "open database");
    assertThat(recovery.isScanned(BOTH)).isFalse();
  }
}
