package io.handfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.transaction.Outcome;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class UnitSizeTest {

  private static final Outcome COMMITTED = new Outcome.Committed();
  private static final long QUICK = Duration.ofMillis(49).toNanos();
  private static final long MEDIUM = Duration.ofMillis(100).toNanos();
  private static final long SLOW = Duration.ofMillis(201).toNanos();

  private final UnitSize size = new UnitSize(100, 1000);

  @Test
  void growsWhileUnitsAreFullAndQuick() {
    assertThat(size.limit()).isEqualTo(100);
    size.learn(COMMITTED, true, QUICK);
    assertThat(size.limit()).isEqualTo(200);
    size.learn(COMMITTED, false, QUICK);
    size.learn(COMMITTED, true, MEDIUM);
    assertThat(size.limit()).as("neither").isEqualTo(200);
  }

  @Test
  void neverPassesTheLargest() {
    for (int i = 0; i < 10; i++) {
      size.learn(COMMITTED, true, QUICK);
    }

    assertThat(size.limit()).isEqualTo(1000);
  }

  @Test
  void shrinksAfterASlowUnitAndNeverBelowTheFirst() {
    size.learn(COMMITTED, true, QUICK);
    size.learn(COMMITTED, true, QUICK);

    size.learn(COMMITTED, true, SLOW);
    assertThat(size.limit()).isEqualTo(200);
    size.learn(COMMITTED, false, SLOW);
    size.learn(COMMITTED, false, SLOW);
    assertThat(size.limit()).isEqualTo(100);
  }

  @Test
  void aUnitThatWentWrongTakesItBackToTheFirst() {
    size.learn(COMMITTED, true, QUICK);
    size.learn(COMMITTED, true, QUICK);

    size.learn(new Outcome.RolledBack(new IllegalStateException()), true, QUICK);

    assertThat(size.limit()).isEqualTo(100);
  }

  @Test
  void nothingTeachesNothing() {
    size.learn(COMMITTED, true, QUICK);

    size.learn(new Outcome.Nothing(), false, SLOW);

    assertThat(size.limit()).isEqualTo(200);
  }

  @Test
  void aChosenSizeStays() {
    UnitSize chosen = new UnitSize(10, 10);

    chosen.learn(COMMITTED, true, QUICK);
    assertThat(chosen.limit()).isEqualTo(10);
    chosen.learn(COMMITTED, true, SLOW);
    assertThat(chosen.limit()).isEqualTo(10);
  }
}
