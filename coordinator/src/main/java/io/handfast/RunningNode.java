package io.handfast;

import io.handfast.coordination.RemoteParticipants;
import io.handfast.node.Participants;
import io.handfast.recovery.Recovery;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/**
 * The parts of the running node for what the container makes: resources, health checks, the banner.
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
    Node known = node;
    if (known == null) {
      throw new IllegalStateException("the service is starting");
    }
    return known;
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
}
