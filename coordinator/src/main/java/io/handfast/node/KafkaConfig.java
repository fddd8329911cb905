package io.handfast.node;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithParentName;
import java.util.Map;

/** Configuration of the connection to Kafka; a node without any key has no such source. */
@ConfigMapping(prefix = "handfast.kafka")
public interface KafkaConfig {

  /**
   * The settings of Kafka's own client by its own names, such as {@code "bootstrap.servers"}, given
   * to it as they are.
   */
  @WithParentName
  Map<String, String> client();
}
