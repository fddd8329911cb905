package io.handfast.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.delivery.DeliverySpecification;
import io.handfast.message.LeasedQueue;
import io.handfast.message.Source;
import io.handfast.readiness.CheckedState.TopicsState;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueueChecksTest {

  private static CheckedState known(int receives) {
    DeliverySpecification queue = Worlds.delivery("idempotency", 1, null);
    DeliverySpecification leased =
        new DeliverySpecification(
            Source.ofLeases("orders", Source.Key.MESSAGE_ID),
            queue.assurance(),
            queue.style(),
            queue.load(),
            queue.effects(),
            queue.retry(),
            "database/orders");
    LeasedQueue state = new LeasedQueue(1, 0, 0, true, receives, receives == 0 ? null : "dead");
    return new CheckedState(
        Map.of("orders", leased),
        Map.of(),
        Map.of(),
        null,
        null,
        new TopicsState(Map.of(), Map.of("orders", state), Worlds.NOW));
  }

  @ParameterizedTest
  @CsvSource({"0, false", "1, true", "5, true", "6, false", "1000, false"})
  void aQueueThatIsQuickerWithItsDeadLettersIsSaid(int receives, boolean isFound) {
    assertThat(Found.by(Configurations.check("queue-receives"), known(receives)))
        .isEqualTo(isFound ? List.of("warns maxReceiveCount") : List.of());
  }
}
