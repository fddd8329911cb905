package io.handfast.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.transaction.SaidLines;
import io.handfast.transaction.SteppedClock;
import io.handfast.transaction.Trace;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What an operator is told about a name that is taken: once, late enough to be true, and its end.
 */
class TakenNameLogTest {

  @RegisterExtension final SaidLines said = new SaidLines(FencedParticipant.class);

  private final SteppedClock clock = new SteppedClock();
  private final FakeParticipant broker = new FakeParticipant("broker", new Trace());
  private final FencedParticipant fenced = new FencedParticipant(broker, "n1", clock);

  @Test
  void aConnectionThatOnlyLingersIsNoErrorYet() {
    broker.nameTaken(true);
    look();
    clock.advance(NodeFences.PATIENCE.minusSeconds(1));
    look();

    assertThat(said.lines()).isEmpty();
  }

  @Test
  void anotherCoordinatorIsAnErrorOnceAndItsEndIsTold() {
    broker.nameTaken(true);
    look();
    clock.advance(NodeFences.PATIENCE);
    look();
    clock.advance(Duration.ofHours(1));
    look();
    broker.nameTaken(false);
    look();
    look();

    assertThat(said.lines()).hasSize(2);
    assertThat(said.lines().get(0))
        .contains("ERROR", "node=n1 participant=broker", "from elsewhere", "stop one of the two");
    assertThat(said.lines().get(1)).contains("INFO", "held again node=n1 participant=broker");
  }

  private void look() {
    try {
      fenced.openForRecovery().close();
    } catch (ParticipantUnavailableException e) {
      assertThat(fenced.isTaken()).isTrue();
    }
  }
}
