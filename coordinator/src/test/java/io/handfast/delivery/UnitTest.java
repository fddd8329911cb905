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

class UnitTest {

  private final Message a = received("a", Map.of());
  private final Message b = received("b", Map.of());
  private final Message c = received("c", Map.of());
  private final Counters counters = new Counters();

  @Test
  void withoutCopiesEverythingInHandIsToBeApplied() {
    Unit unit = new Unit(List.of(a, b));

    unit.recognise(Set.of("x"));

    assertThat(unit.toApply()).containsExactly(a, b);
    assertThat(unit.copies()).isEmpty();
  }

  @Test
  void whatIsKnownIsACopyAndTheRestKeepsItsOrder() {
    Unit unit = new Unit(List.of(a, b, c));

    unit.recognise(Set.of("b"));

    assertThat(unit.copies()).containsExactly(b);
    assertThat(unit.toApply()).containsExactly(a, c);
    assertThat(unit.inHand()).containsExactly(a, b, c);
  }

  @Test
  void ofTwoCopiesInOneUnitTheFirstIsApplied() {
    Message first = received("a", Map.of("_AMQ_DUPL_ID", "x"));
    Message second = received("b", Map.of("_AMQ_DUPL_ID", "x"));
    Unit unit = new Unit(List.of(first, c, second));

    unit.recognise(Set.of());

    assertThat(unit.toApply()).containsExactly(first, c);
    assertThat(unit.copies()).containsExactly(second);
  }

  @Test
  void twoCopiesThatLookTheSameAreStillTwoMessages() {
    Message first = received("a", Map.of());
    Message second = received("a", Map.of());
    Unit unit = new Unit(List.of(first, second));

    unit.recognise(Set.of());

    assertThat(unit.toApply()).singleElement().isSameAs(first);
    assertThat(unit.copies()).singleElement().isSameAs(second);
  }

  @Test
  void aCopyOfTheOriginalThatTheSenderSentTwiceIsRecognisedByTheSendersId() {
    Message retried = received("a", Map.of("handfast_id", "first", "handfast_duplicate_id", "x"));
    Message sentAgain = received("b", Map.of("_AMQ_DUPL_ID", "x"));
    Unit unit = new Unit(List.of(retried, sentAgain));

    unit.recognise(Set.of());

    assertThat(unit.toApply()).containsExactly(retried);
    assertThat(unit.copies()).containsExactly(sentAgain);
  }

  @Test
  void recognisingAgainStartsOver() {
    Unit unit = new Unit(List.of(a, b));
    unit.recognise(Set.of("a"));

    unit.recognise(Set.of("b"));

    assertThat(unit.copies()).containsExactly(b);
    assertThat(unit.toApply()).containsExactly(a);
  }

  @Test
  void everyMessageOfACommittedUnitIsCountedOnce() {
    Message again = received("d", Map.of(), true);
    Unit unit = new Unit(List.of(a, b, c, again));
    unit.recognise(Set.of("d"));
    unit.applied(
        new Result(List.of(a), List.of(new Refused(b, "b", false), new Refused(c, "c", true))));
    unit.deadLettered(new Refused(c, "c", true));

    unit.countCommitted(counters);

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
    Unit unit = new Unit(List.of(a, b));
    unit.recognise(Set.of("b"));
    unit.applied(new Result(List.of(a), List.of()));

    unit.countRolledBack(counters);

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
