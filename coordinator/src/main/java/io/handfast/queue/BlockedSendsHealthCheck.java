package io.handfast.queue;

import io.handfast.node.NodeState;
import io.handfast.node.Participants;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Not ready while the broker takes no messages for a queue that this node sends to. */
@Readiness
@Singleton
class BlockedSendsHealthCheck implements HealthCheck {

  private final Participants participants;
  private final NodeState state;

  BlockedSendsHealthCheck(Participants participants, NodeState state) {
    this.participants = participants;
    this.state = state;
  }

  @Override
  public HealthCheckResponse call() {
    // Before the node is open there may be no broker yet; recovery's check tells of that time.
    Set<String> blocked =
        state.isOpen() ? new TreeSet<>(participants.broker().blockedQueues()) : Set.of();
    return HealthCheckResponse.named("sends")
        .status(blocked.isEmpty())
        .withData("blocked", String.join(", ", blocked))
        .build();
  }
}
