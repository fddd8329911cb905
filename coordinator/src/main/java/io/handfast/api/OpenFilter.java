package io.handfast.api;

import io.handfast.node.NodeState;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Answers "later" while the node is starting or stopping. */
class OpenFilter {

  private final NodeState state;

  OpenFilter(NodeState state) {
    this.state = state;
  }

  @ServerRequestFilter
  void refuseUnlessOpen() {
    if (!state.isOpen()) {
      throw new ProblemException(
          ProblemType.NOT_READY, "The service is starting or stopping; /q/health/ready tells.");
    }
  }
}
