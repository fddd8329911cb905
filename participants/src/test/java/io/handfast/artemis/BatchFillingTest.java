package io.handfast.artemis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BatchFillingTest {
  private static final long AT_ONCE = 5_000;
  private static final long A_MILLISECOND = 1_000_000;

  private final BatchFilling filling = new BatchFilling();

  @Test
  void firstBatchIsFilled() {
    assertThat(filling.isWorthwhile(A_MILLISECOND)).isTrue();
  }

  @Test
  void nobodyWaitsWhereMessagesComeOneByOne() {
    filling.learn(1);
    assertThat(filling.isWorthwhile(A_MILLISECOND)).isFalse();
  }

  @Test
  void messageThatWasThereAlreadyIsSeldomAlone() {
    filling.learn(1);
    assertThat(filling.isWorthwhile(AT_ONCE)).isTrue();
  }

  @Test
  void emptyBufferAfterLargeBatchFillsAgain() {
    filling.learn(1);
    filling.learn(100);
    assertThat(filling.isWorthwhile(A_MILLISECOND)).isTrue();
  }
}
