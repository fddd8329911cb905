package io.handfast.recovery;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready once every participant that can be reached has been scanned for prepared branches. */
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
        .status(recovery.isFirstPassDone())
        .withData("unreachable", String.join(", ", recovery.unreachable()))
        .build();
  }
}
