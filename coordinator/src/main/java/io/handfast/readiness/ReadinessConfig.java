package io.handfast.readiness;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;
import java.util.Set;

/** Which risks are taken knowingly. */
@ConfigMapping(prefix = "handfast")
public interface ReadinessConfig {

  /** The key of {@link #acceptedRisks()}. */
  String ACCEPTED_RISKS = "handfast.accepted-risks";

  /**
   * Names of checks that only warn where they would refuse. What such a check protects is then not
   * promised.
   */
  Optional<Set<String>> acceptedRisks();
}
