package io.handfast.artemis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.message.BrokerException;
import io.handfast.message.ByteBudget;
import io.handfast.message.MessageLimits;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ByteBoundsTest {

  @Test
  void withoutRoomNothingBeginsAndTheReasonNamesTheKey() throws Exception {
    ByteBudget budget = new ByteBudget(100, Duration.ofMillis(50));
    assertThat(budget.add(60)).isTrue();
    budget.awaitRoom();
    assertThat(budget.add(60)).as("one message may go over").isFalse();

    assertThatThrownBy(budget::awaitRoom)
        .isInstanceOf(BrokerException.class)
        .hasMessageContaining("handfast.memory.in-flight");

    budget.release(60);
    budget.awaitRoom();
  }

  @Test
  void limitsFollowTheHeap() {
    MessageLimits small = MessageLimits.ofHeap(256L << 20);
    assertThat(small).isEqualTo(new MessageLimits(2 << 20, 16 << 20, 256 << 10));
    assertThat(MessageLimits.ofHeap(16L << 30).prefetch()).isEqualTo(1 << 20);
    assertThat(MessageLimits.ofHeap(16L << 20).prefetch()).isEqualTo(64 << 10);
  }
}
