package io.handfast.recovery;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Scans by itself at these times, and takes over after this one. */
public record ScanTimes(
    Duration interval,
    Duration retryInterval,
    Duration takeoverAfter,
    Optional<Set<String>> abandonedLogs)
    implements RecoveryConfig {

  /** By itself never, as far as a test lasts. */
  public static final ScanTimes NEVER = afterTrouble(Duration.ofDays(1));

  /** So long after trouble, and by itself never. */
  static ScanTimes afterTrouble(Duration retryInterval) {
    return of(Duration.ofDays(1), retryInterval);
  }

  /** Nothing was abandoned. */
  public static ScanTimes of(Duration interval, Duration retryInterval) {
    return new ScanTimes(interval, retryInterval, Duration.ofSeconds(5), Optional.empty());
  }

  /** By itself never; one log is lost for good. */
  static ScanTimes withAbandoned(String log) {
    return new ScanTimes(
        NEVER.interval(), NEVER.retryInterval(), NEVER.takeoverAfter(), Optional.of(Set.of(log)));
  }
}
