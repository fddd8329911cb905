package io.handfast.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Since when what a scan says holds. */
class ScanResultTest {

  private static final Instant AT = Instant.parse("2030-01-01T00:00:00Z");

  private final ScanResult result = new ScanResult("database", AT);

  @Test
  void whatIsOlderThanAMomentSaysNothingAboutIt() {
    assertThat(result.isScannedSince(AT)).isTrue();
    assertThat(result.isScannedSince(AT.minusMillis(1))).isTrue();
    assertThat(result.isScannedSince(AT.plusMillis(1))).isFalse();
  }

  @Test
  void whoCouldNotBeAskedWasNotScanned() {
    result.failed(new IllegalStateException("away"));

    assertThat(result.isScannedSince(AT)).isFalse();
  }
}
