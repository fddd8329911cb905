package io.handfast.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.handfast.event.Event.BranchRecovered;
import io.handfast.event.Event.BranchStep;
import io.handfast.event.Event.ClientTransactionBegun;
import io.handfast.event.Event.ClientTransactionEnded;
import io.handfast.event.Event.UnitApplied;
import io.handfast.event.Event.UnitEnded;
import io.handfast.event.Event.UnitReceived;
import io.handfast.event.FakeDelivery;
import io.handfast.event.ObservedDelivery;
import io.handfast.timeline.Timeline.Step;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.SaidLines;
import io.handfast.transaction.SteppedClock;
import io.handfast.transaction.TransactionId;
import io.handfast.transaction.TransactionStatus;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is kept and told of a transaction, and what an operator is warned of. */
class TimelinesTest {

  private static final TransactionId ID = new TransactionId("n1", "0a1b2c3d", 4, 16);
  private static final Exception CAUSE = new Exception("the database is away");

  @RegisterExtension final SaidLines said = new SaidLines(Timeline.class);

  private final Timelines timelines = new Timelines(new SteppedClock());
  private final ObservedDelivery delivery = new FakeDelivery("orders");

  private UnitReceived receive(TransactionId id) {
    UnitReceived unit = new UnitReceived(delivery, id, List.of(), System.nanoTime(), 3_000);
    timelines.on(unit);
    return unit;
  }

  private void ends(Outcome outcome) {
    timelines.on(new UnitEnded(receive(ID), outcome, List.of(), Map.of(), 5_000));
  }

  private Timeline story() {
    return timelines.find(ID).orElseThrow();
  }

  @Test
  void whatIsDecidedAndLeftToRecoveryIsAWarning() {
    ends(new Outcome.Decided(CAUSE));

    assertThat(said.lines()).singleElement().asString().contains("WARN transaction decided");
    assertThat(said.lines().get(0))
        .contains("gtrid=" + ID + " delivery=orders", "recovery goes on");
  }

  @Test
  void whatIsNotKnownToBeDecidedIsAWarning() {
    ends(new Outcome.InDoubt(CAUSE));

    assertThat(said.lines()).singleElement().asString().contains("WARN transaction in doubt");
    assertThat(said.lines().get(0)).contains("gtrid=" + ID, "do not repeat it");
  }

  @Test
  void whatAPersonMustCompareIsAnError() {
    ends(new Outcome.Heuristic(CAUSE));

    assertThat(said.lines()).singleElement().asString().contains("ERROR transaction torn");
    assertThat(said.lines().get(0)).contains("gtrid=" + ID, "the database is away");
  }

  @Test
  void whatIsOverIsNoNews() {
    ends(new Outcome.Committed());
    ends(new Outcome.RolledBack(CAUSE));

    assertThat(said.lines()).isEmpty();
  }

  @Test
  void aUnitIsToldFromTheAskingOfItsSourceStepByStep() {
    UnitReceived unit = receive(ID);
    timelines.on(new UnitApplied(unit, 2, 1, 7_000, null));
    timelines.on(new BranchStep(ID, BranchStep.Kind.PREPARE, "database", 11_000, CAUSE));

    assertThat(story().delivery()).isEqualTo("orders");
    assertThat(story().steps())
        .extracting(Step::name, Step::participant, Step::tookNanos, Step::detail, Step::isFailure)
        .containsExactly(
            tuple("receive", "broker", 3_000L, "0 messages", false),
            tuple("apply", null, 7_000L, "2 applied, 1 not", false),
            tuple("prepare", "database", 11_000L, "the database is away", true));
    assertThat(story().steps())
        .allMatch(step -> step.endedNanos() >= 3_000)
        .isSortedAccordingTo(Comparator.comparingLong(Step::endedNanos));
  }

  @Test
  void aClientsTransactionIsToldFromItsBeginToItsEnd() {
    timelines.on(new ClientTransactionBegun(ID));
    timelines.on(new BranchStep(ID, BranchStep.Kind.JOIN, "broker", 1_000, null));
    timelines.on(new ClientTransactionEnded(ID, new Outcome.RolledBack(CAUSE)));
    timelines.on(new BranchStep(ID, BranchStep.Kind.ROLLBACK, "broker", 1_000, null));

    assertThat(story().delivery()).isNull();
    assertThat(story().steps()).extracting(Step::name).containsExactly("join");
    assertThat(story().status()).isEqualTo(TransactionStatus.ROLLED_BACK);
  }

  @Test
  void aUnitThatIsInNoTransactionHasNoTimeline() {
    UnitReceived unit = receive(null);
    timelines.on(new UnitApplied(unit, 1, 0, 7_000, null));
    timelines.on(new UnitEnded(unit, new Outcome.Committed(), List.of(), Map.of(), 9_000));

    assertThat(timelines.latest()).isEmpty();
  }

  @Test
  void recoveryTellsHowATransactionInDoubtWasDecided() {
    ends(new Outcome.InDoubt(CAUSE));

    timelines.on(new BranchRecovered(ID, "broker", true));

    assertThat(story().status()).isEqualTo(TransactionStatus.COMMITTING);
    assertThat(story().steps()).extracting(Step::detail).endsWith("recovery: commit");
  }

  @Test
  void onlyTheLatestAreKept() {
    for (int number = 0; number < 1_001; number++) {
      receive(new TransactionId("n1", "0a1b2c3d", 4, number));
    }

    assertThat(timelines.latest()).hasSize(1_000);
    assertThat(timelines.latest().get(0).id().number()).isEqualTo(1_000);
    assertThat(timelines.find(new TransactionId("n1", "0a1b2c3d", 4, 0))).isEmpty();
  }
}
