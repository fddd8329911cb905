package io.handfast.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Since when what a sweep says holds. */
class SweptTest {

  private static final Instant AT = Instant.parse("2030-01-01T00:00:00Z");

  private final Swept swept = new Swept("database", AT);

  @Test
  void whatIsOlderThanAMomentSaysNothingAboutIt() {
    assertThat(swept.isScannedSince(AT)).isTrue();
    assertThat(swept.isScannedSince(AT.minusMillis(1))).isTrue();
    assertThat(swept.isScannedSince(AT.plusMillis(1))).isFalse();
  }

  @Test
  void whoCouldNotBeAskedWasNotScanned() {
    swept.failed(new IllegalStateException("away"));

    assertThat(swept.isScannedSince(AT)).isFalse();
  }
}
