package io.handfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.handfast.message.Broker;
import io.handfast.message.BrokerException;
import io.handfast.message.Prefetch;
import io.handfast.message.Source;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A node without a broker asks none, and says so to the callers that do. */
class ParticipantsTest {

  private final Participants participants = new Participants(new NoBroker(), Map.of());

  @Test
  void noBrokerIsAParticipant() {
    assertThat(participants.all()).isEmpty();
    assertThat(participants.sources().find(Source.ofQueue("orders"))).isEmpty();
    assertThat(participants.broker().blockedQueues()).isEmpty();
  }

  @Test
  void aCallToItIsRefusedForGood() {
    Broker none = participants.broker();
    List<ThrowingCallable> calls =
        List.of(
            () -> none.openLocal(Prefetch.BUFFERED),
            () -> none.openXa(Prefetch.BUFFERED),
            none::openAdministration);

    for (ThrowingCallable call : calls) {
      BrokerException refused = catchThrowableOfType(BrokerException.class, call);
      assertThat(refused).hasMessageContaining("handfast.broker.enabled is false");
      assertThat(refused.refusal()).isPresent();
    }
  }
}
