package io.handfast.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OutOfMemoryTest {

  @Test
  void itIsFoundBehindOtherFailures() {
    Throwable hidden = new IllegalStateException(new RuntimeException(new OutOfMemoryError()));

    assertThat(OutOfMemory.isCauseOf(hidden)).isTrue();
    assertThat(OutOfMemory.isCauseOf(new IllegalStateException("no"))).isFalse();
    assertThat(OutOfMemory.isCauseOf(null)).isFalse();
  }
}
