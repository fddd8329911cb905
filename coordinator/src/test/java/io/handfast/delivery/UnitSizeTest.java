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
    full(QUICK);
    assertThat(size.limit()).isEqualTo(200);
    notFull(QUICK);
    full(MEDIUM);
    assertThat(size.limit()).as("neither").isEqualTo(200);
  }

  @Test
  void neverPassesTheLargest() {
    for (int i = 0; i < 10; i++) {
      full(QUICK);
    }

    assertThat(size.limit()).isEqualTo(1000);
  }

  @Test
  void shrinksAfterASlowUnitAndNeverBelowTheFirst() {
    full(QUICK);
    full(QUICK);

    full(SLOW);
    assertThat(size.limit()).isEqualTo(200);
    notFull(SLOW);
    notFull(SLOW);
    assertThat(size.limit()).isEqualTo(100);
  }

  @Test
  void aUnitThatWentWrongTakesItBackToTheFirst() {
    full(QUICK);
    full(QUICK);

    size.learn(new Outcome.RolledBack(new IllegalStateException()), size.limit(), QUICK);

    assertThat(size.limit()).isEqualTo(100);
  }

  @Test
  void nothingTeachesNothing() {
    full(QUICK);

    size.learn(new Outcome.Nothing(), 0, SLOW);

    assertThat(size.limit()).isEqualTo(200);
  }

  @Test
  void aChosenSizeStays() {
    UnitSize chosen = new UnitSize(10, 10);

    chosen.learn(COMMITTED, 10, QUICK);
    assertThat(chosen.limit()).isEqualTo(10);
    chosen.learn(COMMITTED, 10, SLOW);
    assertThat(chosen.limit()).isEqualTo(10);
  }

  /** As one is while messages are held, whatever the limit. */
  @Test
  void aUnitOfOneMessageIsNoBacklog() {
    size.learn(COMMITTED, 1, QUICK);

    assertThat(size.limit()).isEqualTo(100);
  }

  private void full(long nanos) {
    size.learn(COMMITTED, size.limit(), nanos);
  }

  private void notFull(long nanos) {
    size.learn(COMMITTED, size.limit() - 1, nanos);
  }
}
