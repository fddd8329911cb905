package io.handfast.node;

import io.handfast.message.MessageLimits;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import java.util.Optional;

/** Configuration of the memory for messages, in bytes of their encoded form. */
@ConfigMapping(prefix = "handfast.memory")
public interface MemoryConfig {

  /**
   * A unit of work takes no further message once it has so many bytes; a 128th of the heap unless
   * set. A single message may be larger.
   */
  @WithConverter(MemorySizeConverter.class)
  Optional<MemorySize> unit();

  /**
   * No unit begins to receive while the units of this process hold so many bytes; a 16th of the
   * heap unless set.
   */
  @WithConverter(MemorySizeConverter.class)
  Optional<MemorySize> inFlight();

  /**
   * So many bytes are sent ahead to each consumer without a handler; a 1024th of the heap unless
   * set, from 64K to 1M. {@code consumerWindowSize} in {@code handfast.broker.url} comes first.
   */
  @WithConverter(MemorySizeConverter.class)
  Optional<MemorySize> prefetch();

  /** The limits, with what is not set taken from the heap of this process. */
  static MessageLimits limits(MemoryConfig config) {
    MessageLimits ofHeap = MessageLimits.ofHeap(Runtime.getRuntime().maxMemory());
    return new MessageLimits(
        config.unit().map(MemorySize::asLongValue).orElse(ofHeap.unit()),
        config.inFlight().map(MemorySize::asLongValue).orElse(ofHeap.inFlight()),
        config
            .prefetch()
            .map(size -> Math.toIntExact(size.asLongValue()))
            .orElse(ofHeap.prefetch()));
  }
}
