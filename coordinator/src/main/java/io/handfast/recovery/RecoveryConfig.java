package io.handfast.recovery;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Configuration of recovery's intervals and waits. */
@ConfigMapping(prefix = "handfast.recovery")
public interface RecoveryConfig {

  /**
   * The longest time between two scans while all is well. A branch that lost its coordinator's
   * connection holds its locks and messages for up to this long.
   */
  @WithDefault("PT10S")
  Duration interval();

  /**
   * The longest time between two scans while a participant cannot be reached, or has failed to
   * resolve a branch.
   */
  @WithDefault("PT1S")
  Duration retryInterval();

  /**
   * For how long a unit of local commit of another node must have waited, prepared, before this
   * node ends it as its marker says; the other node must not hold its name at the broker then.
   */
  @WithDefault("PT20S")
  Duration takeoverAfter();

  /**
   * Decision logs that are lost for good, as the error about their branches names them: {@code log}
   * or {@code log.incarnation}. Their prepared branches are rolled back. Accepts that what such a
   * log had decided to commit, and one participant has committed, stays partially committed.
   */
  Optional<Set<String>> abandonedLogs();
}
