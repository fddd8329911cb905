package io.handfast.coordination;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.OptionalInt;

/** Configuration of the limits of one call and of one client. */
@ConfigMapping(prefix = "handfast.limits")
public interface LimitsConfig {

  /**
   * How long one statement of a client may run, in whole seconds; then the database stops it. It
   * holds its locks for as long.
   */
  @WithDefault("PT30S")
  Duration statementTime();

  /** The most rows that one answer tells; they are held in memory. */
  @WithDefault("1000")
  int rows();

  /**
   * Open transactions of one authenticated caller; {@code handfast.transactions.limit} unless set.
   * Without it one caller can use up what all share.
   */
  OptionalInt transactionsPerClient();
}
