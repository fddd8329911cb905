package io.handfast.node;

import io.smallrye.config.ConfigMapping;
import java.net.URI;
import java.util.Optional;

/**
 * Configuration of the connection to Amazon SQS. Credentials are found by the chain of Amazon's own
 * client: environment, profile, container, instance.
 */
@ConfigMapping(prefix = "handfast.sqs")
public interface SqsConfig {

  /** Another address than that of the region, such as of an emulator or a private endpoint. */
  Optional<URI> endpoint();

  /** The region; unset, what the client's own chain says. */
  Optional<String> region();
}
