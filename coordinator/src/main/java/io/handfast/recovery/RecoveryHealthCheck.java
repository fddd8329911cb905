package io.handfast.recovery;

import io.handfast.node.NodeState;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Set;
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
  private final NodeState state;

  RecoveryHealthCheck(Recovery recovery, NodeState state) {
    this.recovery = recovery;
    this.state = state;
  }

  @Override
  public HealthCheckResponse call() {
    if (state.isStarting()) { // there may be no recovery yet
      return response(false, List.of(), List.of(), state.nameTaken());
    }
    List<String> taken = recovery.nameTaken();
    Set<String> refused = recovery.refused();
    return response(
        recovery.isFirstScanDone() && taken.isEmpty() && refused.isEmpty(),
        recovery.unreachable(),
        refused,
        taken);
  }

  private static HealthCheckResponse response(
      boolean isReady,
      Collection<String> unreachable,
      Collection<String> refused,
      Collection<String> taken) {
    return HealthCheckResponse.named("recovery")
        .status(isReady)
        .withData("unreachable", String.join(", ", unreachable))
        .withData("refused", String.join(", ", refused))
        .withData("nodeNameTaken", String.join(", ", taken))
        .build();
  }
}
