package io.handfast.atomikos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.commit.Transactions.Transaction;
import io.handfast.event.Event.BranchStep;
import io.handfast.event.Event.Decided;
import io.handfast.event.Event.Step;
import io.handfast.node.Participants;
import io.handfast.participant.NamedXaResource;
import jakarta.transaction.RollbackException;
import java.util.List;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.Test;

/** What the engine publishes while it settles a transaction. */
class EngineEventsTest extends EngineScenario {

  private List<String> steps() {
    return told.stream()
        .map(Step.class::cast)
        .map(step -> step.step() + " " + step.participant())
        .toList();
  }

  @Test
  void eachAnswerOfABranchIsPublishedAndTheDecisionBetweenThePhases() throws Exception {
    Transaction transaction = begin(broker, database);
    transaction.end();
    transaction.commit();

    assertThat(steps())
        .hasSize(5)
        .containsSubsequence("prepare broker", "decide null", "commit broker")
        .containsSubsequence("prepare database", "decide null", "commit database");
    assertThat(told)
        .allSatisfy(
            event -> {
              assertThat(((Step) event).transaction()).isEqualTo(transaction.id());
              assertThat(((Step) event).failure()).isNull();
            });
  }

  @Test
  void theDecisionTookAsLongAsTheLastVoteIsAgo() throws Exception {
    long begun = System.nanoTime();
    Transaction transaction = begin(broker, database);
    transaction.end();
    transaction.commit();
    long all = System.nanoTime() - begun;

    long longestVote =
        told.stream()
            .filter(event -> event instanceof BranchStep)
            .map(BranchStep.class::cast)
            .filter(step -> step.kind() == BranchStep.Kind.PREPARE)
            .mapToLong(BranchStep::nanos)
            .max()
            .orElseThrow();
    assertThat(told.get(2))
        .isInstanceOfSatisfying(
            Decided.class,
            decided -> assertThat(decided.nanos()).isPositive().isLessThan(all - longestVote));
  }

  @Test
  void aVoteThatFailsIsPublishedWithItsFailureAndNoDecision() throws Exception {
    database.fails("prepare", XAException.XAER_RMERR);
    Transaction transaction = begin(broker, database);
    transaction.end();

    assertThatThrownBy(transaction::commit).isInstanceOf(RollbackException.class);

    assertThat(steps()).contains("prepare database", "rollback broker");
    assertThat(told)
        .filteredOn(event -> ((Step) event).failure() != null)
        .isNotEmpty()
        .allMatch(event -> ((BranchStep) event).participant().equals("database"));
    assertThat(told).noneMatch(event -> event instanceof Decided);
  }

  @Test
  void theBranchThatOnlyKeepsTheOutcomeIsNoParticipantOfAStep() throws Exception {
    Transaction transaction = begin(broker);
    transaction.enlist(new NamedXaResource(Participants.OUTCOME, database));
    transaction.end();
    transaction.commit();

    assertThat(steps()).containsExactly("prepare broker", "decide null", "commit broker");
  }
}
