package io.handfast.recovery;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Scans by itself at these times; nothing was abandoned. */
public record ScanTimes(Duration interval, Duration retryInterval) implements RecoveryConfig {

  /** By itself never, as far as a test lasts. */
  public static final ScanTimes NEVER = afterTrouble(Duration.ofDays(1));

  /** So long after trouble, and by itself never. */
  static ScanTimes afterTrouble(Duration retryInterval) {
    return new ScanTimes(Duration.ofDays(1), retryInterval);
  }

  @Override
  public Optional<Set<String>> abandonedLogs() {
    return Optional.empty();
  }
}
