package io.handfast.access;

import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** Configuration of the largest request bodies. */
@ConfigMapping(prefix = "handfast.limits")
public interface RequestSizeConfig {

  /**
   * The largest body of a call, such as {@code 1M}; each is held in memory. Calls that send
   * messages may be as large as {@code quarkus.http.limits.max-body-size} says.
   */
  @WithDefault("1M")
  @WithConverter(MemorySizeConverter.class)
  MemorySize requestSize();
}
