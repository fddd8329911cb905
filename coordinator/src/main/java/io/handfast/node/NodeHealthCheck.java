package io.handfast.node;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready while the node takes requests, so that a load balancer sends it no call that would be
 * refused.
 */
@Readiness
@Singleton
class NodeHealthCheck implements HealthCheck {

  private final NodeState state;

  NodeHealthCheck(NodeState state) {
    this.state = state;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("node").status(state.isOpen()).build();
  }
}
