package io.handfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.transaction.SteppedClock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InboxStateTest {

  private final SteppedClock clock = new SteppedClock();
  private final InboxState state = new InboxState(Set.of(), clock);

  @Test
  void whatIsConfirmedIsTakenOnceAndInOrder() {
    state.confirmed(List.of("a", "b"));
    state.confirmed(List.of("c"));

    assertThat(state.takeConfirmed()).containsExactly("a", "b", "c");
    assertThat(state.takeConfirmed()).isEmpty();
  }

  @Test
  void whatWasTakenBelongsToWhoTookIt() {
    state.confirmed(List.of("a"));
    List<String> taken = state.takeConfirmed();

    state.confirmed(List.of("b"));

    assertThat(taken).containsExactly("a");
    assertThat(state.takeConfirmed()).containsExactly("b");
  }

  @Test
  void whatCouldNotBeRemovedIsHandedBackToTheNext() {
    state.confirmed(List.of("a"));
    List<String> taken = state.takeConfirmed();

    state.confirmed(taken);

    assertThat(state.takeConfirmed()).containsExactly("a");
  }

  @Test
  void aSweepIsDueAtOnceAndThenAtMostEveryHalfMinute() {
    assertThat(state.isSweepDue()).isTrue();
    assertThat(state.isSweepDue()).isFalse();

    clock.advance(Duration.ofSeconds(30).minusMillis(1));
    assertThat(state.isSweepDue()).isFalse();

    clock.advance(Duration.ofMillis(1));
    assertThat(state.isSweepDue()).isTrue();
    assertThat(state.isSweepDue()).isFalse();
  }

  @Test
  void leftoversAreThoseOfTheBeginning() {
    Set<String> found = new HashSet<>(Set.of("a"));
    InboxState after = new InboxState(found, clock);

    found.add("b");

    assertThat(after.hasLeftovers()).isTrue();
    assertThat(after.leftovers()).containsExactly("a");
    assertThat(state.hasLeftovers()).isFalse();
  }
}
