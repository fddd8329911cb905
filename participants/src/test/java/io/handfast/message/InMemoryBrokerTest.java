package io.handfast.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The broker in memory keeps the contract, and loses what it is told to lose. */
class InMemoryBrokerTest extends SourceContract {

  private final InMemoryBroker broker = new InMemoryBroker();

  @Override
  protected Broker broker() {
    return broker;
  }

  @Override
  protected void restart() {
    broker.restart();
  }

  @Test
  void aCommitWhoseReplyIsLostHasTakenEffect() throws Exception {
    broker.put("orders", "a", Map.of()).losesReplyOfCommit();

    assertThatThrownBy(this::takeAndCommit).isInstanceOf(BrokerException.class);

    assertThat(broker.left("orders")).isEmpty();
  }

  @Test
  void aCommitThatIsLostHasNot() throws Exception {
    broker.put("orders", "a", Map.of()).failsAtCommit(1);

    assertThatThrownBy(this::takeAndCommit).isInstanceOf(BrokerException.class);

    assertThat(broker.left("orders")).containsExactly("a");
  }

  private void takeAndCommit() throws BrokerException {
    try (SourceSession session = broker.openLocal(Prefetch.BUFFERED)) {
      session.consume(Source.ofQueue("orders"));
      assertThat(session.receive(1, Duration.ZERO)).extracting(Message::id).isEqualTo(List.of("a"));
      session.commit();
    }
  }
}
