package io.handfast.recovery;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready once every participant that can be reached has been scanned for prepared branches, unless
 * one keeps the node's name for another coordinator, or refuses this node's user.
 */
@Readiness
@Singleton
class RecoveryHealthCheck implements HealthCheck {

  private final Recovery recovery;

  RecoveryHealthCheck(Recovery recovery) {
    this.recovery = recovery;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("recovery")
        .status(
            recovery.isFirstScanDone()
                && recovery.nameTaken().isEmpty()
                && recovery.refused().isEmpty())
        .withData("unreachable", String.join(", ", recovery.unreachable()))
        .withData("refused", String.join(", ", recovery.refused()))
        .withData("nodeNameTaken", String.join(", ", recovery.nameTaken()))
        .build();
  }
}
