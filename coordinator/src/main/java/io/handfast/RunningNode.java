package io.handfast;

import io.handfast.comparison.Comparisons;
import io.handfast.coordination.ClientTransactions;
import io.handfast.coordination.RemoteParticipants;
import io.handfast.delivery.Deliveries;
import io.handfast.drain.Drain;
import io.handfast.node.Participants;
import io.handfast.queue.Queues;
import io.handfast.readiness.Readiness;
import io.handfast.recovery.Recovery;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Gives the container access to the parts of the running node: resources, health checks, the
 * banner.
 *
 * <p>A part is looked up at the first call on it, and made by the start alone. A call that comes
 * earlier fails; {@code NodeState} tells beforehand whether it would. Thread-safe.
 */
@Singleton
class RunningNode {

  private volatile @Nullable Node node;

  /** The start has made a node. */
  void is(Node started) {
    node = started;
  }

  private Node node() {
    return find().orElseThrow(() -> new IllegalStateException("the service is starting"));
  }

  /** The node; empty before the end of the start. */
  Optional<Node> find() {
    return Optional.ofNullable(node);
  }

  @Produces
  @ApplicationScoped
  Participants participants() {
    return node().participants;
  }

  @Produces
  @ApplicationScoped
  Recovery recovery() {
    return node().recovery;
  }

  @Produces
  @ApplicationScoped
  RemoteParticipants remotes() {
    return node().remotes;
  }

  @Produces
  @ApplicationScoped
  ClientTransactions clientTransactions() {
    return node().clientTransactions;
  }

  @Produces
  @ApplicationScoped
  Deliveries deliveries() {
    return node().deliveries;
  }

  @Produces
  @ApplicationScoped
  Comparisons comparisons() {
    return node().comparisons;
  }

  @Produces
  @ApplicationScoped
  Queues queues() {
    return node().queues;
  }

  @Produces
  @ApplicationScoped
  Drain drain() {
    return node().drain;
  }

  @Produces
  @ApplicationScoped
  Readiness readiness() {
    return node().readiness;
  }
}
