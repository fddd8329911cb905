package io.handfast.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.event.Event.BranchRecovered;
import io.handfast.participant.BranchWatch;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.SaidLines;
import io.handfast.transaction.SteppedClock;
import io.handfast.transaction.TransactionId;
import io.handfast.transaction.TransactionStatus;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is kept and told of a transaction, and what a person is warned of. */
class TimelinesTest {

  private static final TransactionId ID = new TransactionId("n1", "0a1b2c3d", 4, 16);
  private static final Exception CAUSE = new Exception("the database is away");

  @RegisterExtension final SaidLines said = new SaidLines(Timeline.class);

  private final Timelines timelines = new Timelines(new SteppedClock());
  private final List<String> told = new ArrayList<>();

  private Timeline story() {
    return timelines.begin(ID, "orders");
  }

  @Test
  void whatIsDecidedAndLeftToRecoveryIsAWarning() {
    timelines.end(story(), new Outcome.Decided(CAUSE));

    assertThat(said.lines()).singleElement().asString().contains("WARN transaction decided");
    assertThat(said.lines().get(0))
        .contains("gtrid=" + ID + " delivery=orders", "recovery goes on");
  }

  @Test
  void whatIsNotKnownToBeDecidedIsAWarning() {
    timelines.end(story(), new Outcome.InDoubt(CAUSE));

    assertThat(said.lines()).singleElement().asString().contains("WARN transaction in doubt");
    assertThat(said.lines().get(0)).contains("gtrid=" + ID, "nobody repeats it");
  }

  @Test
  void whatAPersonMustCompareIsAnError() {
    timelines.end(story(), new Outcome.Heuristic(CAUSE));

    assertThat(said.lines()).singleElement().asString().contains("ERROR transaction torn");
    assertThat(said.lines().get(0)).contains("gtrid=" + ID, "the database is away");
  }

  @Test
  void whatIsOverIsNoNews() {
    timelines.end(story(), new Outcome.Committed());
    timelines.end(story(), new Outcome.RolledBack(CAUSE));

    assertThat(said.lines()).isEmpty();
  }

  @Test
  void aWatcherIsToldOfTheBeginEachStepThatTookTimeAndTheEnd() {
    timelines.watchBy(
        new StoryWatch() {
          @Override
          public void begun(Timeline story) {
            told.add("begun");
          }

          @Override
          public void stepped(Timeline story, Timeline.Step step) {
            told.add(step.name() + " " + step.participant());
          }

          @Override
          public void ended(Timeline story) {
            told.add("ended " + story.status());
          }
        }.and((story, step) -> told.add("and " + step.name())));
    Timeline story = story();

    timelines.keep(story);
    story.answered("database", BranchWatch.Step.PREPARE, System.nanoTime(), null);
    timelines.decided(ID);
    timelines.end(story, new Outcome.Committed());

    assertThat(told)
        .containsExactly(
            "begun",
            "prepare database",
            "and prepare",
            "decide null",
            "and decide",
            "ended COMMITTED");
  }

  @Test
  void theDecisionTookAsLongAsTheLastVoteIsAgo() {
    Timeline story = story();
    story.answered("broker", BranchWatch.Step.PREPARE, System.nanoTime(), null);
    story.answered("database", BranchWatch.Step.PREPARE, System.nanoTime(), null);

    timelines.decided(ID);

    Timeline.Step vote = story.steps().get(1);
    Timeline.Step decision = story.steps().get(2);
    assertThat(decision.tookNanos())
        .isPositive()
        .isLessThanOrEqualTo(decision.endedNanos() - vote.endedNanos());
  }

  @Test
  void recoveryTellsHowATransactionInDoubtWasDecided() {
    Timeline story = story();
    timelines.keep(story);
    timelines.end(story, new Outcome.InDoubt(CAUSE));

    timelines.on(new BranchRecovered(ID, "broker", true));

    assertThat(story.status()).isEqualTo(TransactionStatus.COMMITTING);
    assertThat(timelines.find(ID)).contains(story);
  }

  @Test
  void onlyTheLatestAreKept() {
    for (int number = 0; number < 1_001; number++) {
      timelines.keep(timelines.begin(new TransactionId("n1", "0a1b2c3d", 4, number), null));
    }

    assertThat(timelines.latest()).hasSize(1_000);
    assertThat(timelines.latest().get(0).id().number()).isEqualTo(1_000);
    assertThat(timelines.find(new TransactionId("n1", "0a1b2c3d", 4, 0))).isEmpty();
  }
}
