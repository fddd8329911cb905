package io.handfast.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.drain.OutstandingWork.InDoubt;
import io.handfast.drain.OutstandingWork.InHand;
import io.handfast.drain.OutstandingWork.OpenTransaction;
import io.handfast.log.RemoteBranch;
import io.handfast.recovery.InDoubtBranch;
import io.handfast.resolution.Branch;
import io.handfast.resolution.BranchAction;
import io.handfast.resolution.Heuristic;
import io.handfast.transaction.SteppedClock;
import io.handfast.transaction.Trace;
import io.handfast.transaction.TransactionId;
import io.handfast.transaction.TransactionStatus;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** From the stop of the intake to "drained": what must come between, and what undoes it. */
class DrainingTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration QUIET = Duration.ofSeconds(5);
  private static final TransactionId ID = new TransactionId("n1", "0a1b2c3d", 1, 1);

  private final Trace trace = new Trace();
  private final FakeNode node = new FakeNode(trace);
  private final SteppedClock clock = new SteppedClock();
  private long nanos;
  private final Draining draining =
      new Draining(clock.instant(), node, new Draining.Pace(PATIENCE, QUIET), clock, () -> nanos);

  @Test
  void aScanAfterAQuietWhileThatFindsNothingMakesItDrained() throws Exception {
    draining.look();
    after(QUIET.minusMillis(1)).look();
    assertThat(trace.steps()).as("too early").isEmpty();
    assertThat(draining.scannedAt()).isEmpty();
    clock.advance(Duration.ofHours(1));

    after(Duration.ofMillis(1)).look();

    assertThat(trace.steps()).containsExactly("scan");
    assertThat(draining.scannedAt()).contains(clock.instant());
  }

  @Test
  void aClockThatIsMovedShortensNoPause() throws Exception {
    draining.look();
    clock.advance(Duration.ofHours(1));

    draining.look();

    assertThat(draining.scannedAt()).isEmpty();
  }

  static Stream<Named<OutstandingWork>> everythingThatCanBeLeft() {
    Branch branch = Branch.of(ID, "database");
    return Stream.of(
        Named.of("a unit", FakeNode.UNIT),
        Named.of("a comparison", inHand(new InHand(Map.of(), List.of("n1.c"), List.of()))),
        Named.of(
            "a transaction",
            inHand(
                new InHand(
                    Map.of(),
                    List.of(),
                    List.of(new OpenTransaction("t", TransactionStatus.ACTIVE, Instant.MAX))))),
        Named.of(
            "a branch",
            inDoubt(new InDoubt(List.of(prepared()), Map.of(), List.of(), List.of(), true))),
        Named.of(
            "a decision",
            inDoubt(
                new InDoubt(
                    List.of(), Map.of(ID, Set.of("database")), List.of(), List.of(), true))),
        Named.of(
            "a service",
            inDoubt(
                new InDoubt(
                    List.of(),
                    Map.of(),
                    List.of(
                        new RemoteBranch(ID, "remote:1", "bank", URI.create("http://bank"), "t")),
                    List.of(),
                    true))),
        Named.of(
            "a heuristic outcome",
            inDoubt(
                new InDoubt(
                    List.of(),
                    Map.of(),
                    List.of(),
                    List.of(
                        new Heuristic(
                            branch,
                            BranchAction.COMMIT,
                            Heuristic.Outcome.ROLLED_BACK,
                            "somebody",
                            Instant.EPOCH)),
                    true))),
        Named.of(
            "a log that is not certain",
            inDoubt(new InDoubt(List.of(), Map.of(), List.of(), List.of(), false))));
  }

  private static InDoubtBranch prepared() {
    return new InDoubtBranch(
        ID,
        Branch.of(ID, "database").xid(),
        "database",
        Instant.EPOCH,
        InDoubtBranch.Decision.ROLLBACK,
        InDoubtBranch.SafeAction.ROLLBACK,
        "",
        null);
  }

  private static OutstandingWork inHand(InHand left) {
    return new OutstandingWork(left, FakeNode.NOTHING_IN_DOUBT, Map.of());
  }

  private static OutstandingWork inDoubt(InDoubt left) {
    return new OutstandingWork(FakeNode.NOTHING_IN_HAND, left, Map.of());
  }

  @ParameterizedTest
  @MethodSource("everythingThatCanBeLeft")
  void whateverIsLeftIsWaitedFor(OutstandingWork left) throws Exception {
    node.has(left);
    draining.look();
    after(QUIET).look();
    assertThat(trace.steps()).doesNotContain("scan");

    node.has(FakeNode.NOTHING);
    draining.look();
    assertThat(trace.steps()).as("at once").doesNotContain("scan");
    after(QUIET).look();

    assertThat(draining.scannedAt()).isPresent();
  }

  @ParameterizedTest
  @MethodSource("everythingThatCanBeLeft")
  void whateverTheScanFindsIsWaitedFor(OutstandingWork found) throws Exception {
    node.scansFind(found);
    draining.look();
    after(QUIET).look();
    assertThat(draining.scannedAt()).isEmpty();

    node.has(FakeNode.NOTHING).scansFind(FakeNode.NOTHING);
    draining.look();
    assertThat(draining.scannedAt()).as("without another quiet while").isEmpty();
    after(QUIET).look();

    assertThat(draining.scannedAt()).isPresent();
  }

  @ParameterizedTest
  @MethodSource("everythingThatCanBeLeft")
  void whateverShowsUpLaterUndoesIt(OutstandingWork late) throws Exception {
    draining.look();
    after(QUIET).look();
    assertThat(draining.scannedAt()).isPresent();

    node.has(late);
    draining.look();
    assertThat(draining.scannedAt()).isEmpty();

    node.has(FakeNode.NOTHING);
    draining.look();
    after(QUIET).look();
    assertThat(draining.scannedAt()).isPresent();
  }

  @Test
  void whoIsAwayIsWaitedForAndAQuietWhileBeginsWhenItIsBack() throws Exception {
    draining.look();
    node.has(FakeNode.AWAY);
    after(QUIET).look();
    after(QUIET).look();
    assertThat(trace.steps()).isEmpty();

    node.has(FakeNode.NOTHING);
    draining.look();
    assertThat(trace.steps()).isEmpty();
    after(QUIET).look();

    assertThat(draining.scannedAt()).isPresent();
  }

  @Test
  void aScanThatDoesNotReachEverybodyProvesNothing() throws Exception {
    node.scansReachAll(false);
    draining.look();
    after(QUIET).look();
    assertThat(draining.scannedAt()).isEmpty();

    node.scansReachAll(true);
    draining.look();
    assertThat(draining.scannedAt()).isEmpty();
    after(QUIET).look();

    assertThat(draining.scannedAt()).isPresent();
  }

  @Test
  void whoWasFoundToHoldNothingMayGoAway() throws Exception {
    draining.look();
    after(QUIET).look();

    node.has(FakeNode.AWAY);
    after(QUIET).look();

    assertThat(draining.scannedAt()).isPresent();
    assertThat(trace.steps()).containsExactly("scan");
  }

  @Test
  void unitsThatTakeTooLongAreGivenBackOnce() throws Exception {
    node.has(FakeNode.UNIT);
    after(PATIENCE.minusMillis(1)).look();
    assertThat(trace.steps()).isEmpty();

    after(Duration.ofMillis(1)).look();
    after(PATIENCE).look();

    assertThat(trace.steps()).containsExactly("give back");
  }

  @Test
  void whatIsInDoubtIsNotGivenBack() throws Exception {
    node.has(inDoubt(new InDoubt(List.of(prepared()), Map.of(), List.of(), List.of(), true)));

    after(PATIENCE).look();

    assertThat(trace.steps()).isEmpty();
  }

  private Draining after(Duration pause) {
    nanos += pause.toNanos();
    return draining;
  }
}
