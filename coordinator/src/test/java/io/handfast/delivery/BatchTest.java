package io.handfast.delivery;

import static io.handfast.message.InMemoryMessage.received;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.delivery.StatementApplication.Refused;
import io.handfast.delivery.StatementApplication.Result;
import io.handfast.message.Message;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BatchTest {

  private final Message a = received("a", Map.of());
  private final Message b = received("b", Map.of());
  private final Message c = received("c", Map.of());
  private final Counters counters = new Counters();

  @Test
  void withoutCopiesEverythingInHandIsToBeApplied() {
    Batch batch = new Batch(List.of(a, b));

    batch.recognise(Set.of("x"));

    assertThat(batch.toApply()).containsExactly(a, b);
    assertThat(batch.copies()).isEmpty();
  }

  @Test
  void whatIsKnownIsACopyAndTheRestKeepsItsOrder() {
    Batch batch = new Batch(List.of(a, b, c));

    batch.recognise(Set.of("b"));

    assertThat(batch.copies()).containsExactly(b);
    assertThat(batch.toApply()).containsExactly(a, c);
    assertThat(batch.inFlight()).containsExactly(a, b, c);
  }

  @Test
  void ofTwoCopiesInOneUnitTheFirstIsApplied() {
    Message first = received("a", Map.of("_AMQ_DUPL_ID", "x"));
    Message second = received("b", Map.of("_AMQ_DUPL_ID", "x"));
    Batch batch = new Batch(List.of(first, c, second));

    batch.recognise(Set.of());

    assertThat(batch.toApply()).containsExactly(first, c);
    assertThat(batch.copies()).containsExactly(second);
  }

  @Test
  void twoCopiesThatLookTheSameAreStillTwoMessages() {
    Message first = received("a", Map.of());
    Message second = received("a", Map.of());
    Batch batch = new Batch(List.of(first, second));

    batch.recognise(Set.of());

    assertThat(batch.toApply()).singleElement().isSameAs(first);
    assertThat(batch.copies()).singleElement().isSameAs(second);
  }

  @Test
  void aCopyOfTheOriginalThatTheSenderSentTwiceIsRecognisedByTheSendersId() {
    Message retried = received("a", Map.of("handfast_id", "first", "handfast_duplicate_id", "x"));
    Message sentAgain = received("b", Map.of("_AMQ_DUPL_ID", "x"));
    Batch batch = new Batch(List.of(retried, sentAgain));

    batch.recognise(Set.of());

    assertThat(batch.toApply()).containsExactly(retried);
    assertThat(batch.copies()).containsExactly(sentAgain);
  }

  @Test
  void recognisingAgainStartsOver() {
    Batch batch = new Batch(List.of(a, b));
    batch.recognise(Set.of("a"));

    batch.recognise(Set.of("b"));

    assertThat(batch.copies()).containsExactly(b);
    assertThat(batch.toApply()).containsExactly(a);
  }

  @Test
  void everyMessageOfACommittedUnitIsCountedOnce() {
    Message again = received("d", Map.of(), true);
    Batch batch = new Batch(List.of(a, b, c, again));
    batch.recognise(Set.of("d"));
    batch.applied(
        new Result(List.of(a), List.of(new Refused(b, "b", false), new Refused(c, "c", true))));
    batch.deadLettered(new Refused(c, "c", true));

    batch.countCommitted(counters);

    assertThat(counters.values())
        .isEqualTo(
            Map.of(
                "received", 4L,
                "committed", 1L,
                "rolledBack", 1L,
                "redelivered", 1L,
                "deadLettered", 1L,
                "duplicatesDropped", 1L));
  }

  @Test
  void aUnitThatWasRolledBackHasNoOtherEffect() {
    Batch batch = new Batch(List.of(a, b));
    batch.recognise(Set.of("b"));
    batch.applied(new Result(List.of(a), List.of()));

    batch.countRolledBack(counters);

    assertThat(counters.values())
        .isEqualTo(
            Map.of(
                "received", 2L,
                "committed", 0L,
                "rolledBack", 2L,
                "redelivered", 0L,
                "deadLettered", 0L,
                "duplicatesDropped", 0L));
  }
}
