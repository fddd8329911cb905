package io.handfast.coordination;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Configuration of the calls to services that take part in transactions. */
@ConfigMapping(prefix = "handfast.remote")
public interface RemoteConfig {

  /**
   * The longest that one call may take. A service that has not voted by then has the transaction
   * rolled back; one that was not told the outcome by then is told again.
   */
  @WithDefault("PT10S")
  Duration timeout();

  /** The longest pause before a service that did not answer is told the outcome again. */
  @WithDefault("PT5S")
  Duration longestPause();
}
