package io.handfast.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.transaction.SteppedClock;
import io.handfast.transaction.Trace;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a person is told about a name that is taken: once, late enough to be true, and its end. */
class TakenNameLogTest {

  private final Logger logger = Logger.getLogger(FencedParticipant.class.getName());
  private final Lines lines = new Lines();
  private final SteppedClock clock = new SteppedClock();
  private final FakeParticipant broker = new FakeParticipant("broker", new Trace());
  private final FencedParticipant fenced = new FencedParticipant(broker, "n1", clock);

  private static final class Lines extends Handler {

    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord line) {
      lines.add(line.getLevel() + " " + line.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @BeforeEach
  void listen() {
    logger.addHandler(lines);
  }

  @AfterEach
  void stopListening() {
    logger.removeHandler(lines);
  }

  @Test
  void aConnectionThatOnlyLingersIsNoErrorYet() {
    broker.nameTaken(true);
    look();
    clock.advance(NodeFences.PATIENCE.minusSeconds(1));
    look();

    assertThat(lines.lines).isEmpty();
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

    assertThat(lines.lines).hasSize(2);
    assertThat(lines.lines.get(0))
        .contains("ERROR", "node=n1 participant=broker", "from elsewhere", "stop one of the two");
    assertThat(lines.lines.get(1)).contains("INFO", "ours again node=n1 participant=broker");
  }

  private void look() {
    try {
      fenced.openForRecovery().close();
    } catch (ParticipantUnavailableException e) {
      assertThat(fenced.isTaken()).isTrue();
    }
  }
}
