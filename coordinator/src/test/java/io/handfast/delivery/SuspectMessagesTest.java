package io.handfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.database.StatementTemplate;
import io.handfast.message.InMemoryMessage;
import io.handfast.message.Message;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whose fault a failure is that may be the schema's. */
class SuspectMessagesTest {

  private final SuspectMessages suspects = new SuspectMessages(List.of());

  private static Message message(String id) {
    return InMemoryMessage.received(id, Map.of());
  }

  @Test
  void aMessageIsAtFaultOnceAnotherOneHasGoneThroughSinceItWasTriedFirst() {
    suspects.wentThrough(List.of(message("before")));
    suspects.failed(List.of("m"), suspects.moment());
    assertThat(suspects.isAtFault("m")).isFalse();

    suspects.wentThrough(List.of());
    assertThat(suspects.isAtFault("m")).as("a unit of nothing").isFalse();

    suspects.wentThrough(List.of(message("other")));
    assertThat(suspects.isAtFault("m")).isTrue();
    suspects.failed(List.of("m"), suspects.moment());
    assertThat(suspects.isAtFault("m")).as("its next attempt").isTrue();
  }

  @Test
  void aMessageThatIsAppliedAfterAllIsForgotten() {
    suspects.failed(List.of("m", "n"), 0);
    suspects.wentThrough(List.of(message("m")));
    assertThat(suspects.isAtFault("m")).isFalse();
    assertThat(suspects.isAtFault("n")).isTrue();
  }

  @Test
  void theNextUnitIsWidenedUntilItIsKnownWhoseFaultItIs() {
    assertThat(suspects.widened(1)).isEqualTo(1);
    suspects.failed(List.of("m"), 0);
    assertThat(suspects.widened(1)).isEqualTo(2);
    assertThat(suspects.widened(100)).isEqualTo(100);
    suspects.failed(IntStream.range(0, 5_000).mapToObj(Integer::toString).toList(), 0);
    assertThat(suspects.widened(1)).isEqualTo(DeliverySpecification.LARGEST_BATCH);
    suspects.wentThrough(List.of(message("other")));
    assertThat(suspects.widened(1)).isEqualTo(1);
  }

  @Test
  void otherStatementsAreAnotherMatter() throws Exception {
    assertThat(suspects.areOf(List.of())).isTrue();
    assertThat(suspects.areOf(List.of(StatementTemplate.parse("SELECT 1")))).isFalse();
  }
}
