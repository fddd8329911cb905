package io.handfast.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;

class NodeHealthCheckTest {
  private final NodeState state = new NodeState();
  private final NodeHealthCheck check = new NodeHealthCheck(state);

  @Test
  void readyOnlyWhileRequestsAreTaken() {
    assertThat(check.call().getStatus()).isEqualTo(Status.DOWN);
    state.open();
    assertThat(check.call().getStatus()).isEqualTo(Status.UP);
    state.close();
    assertThat(check.call().getStatus()).isEqualTo(Status.DOWN);
  }
}
