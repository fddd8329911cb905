package io.handfast.commit;

import io.handfast.transaction.RefusedException;
import java.util.Optional;

/**
 * The protocols that settle units with a transaction of their own.
 *
 * @param logged two-phase commit; empty on a node that keeps no decision log over a restart
 */
public record Protocols(
    Optional<TwoPhaseCommit> logged, LocalCommit localCommit, PositionCommit positionCommit) {

  /** The name of the node. */
  public String node() {
    return localCommit.identity().node();
  }

  /**
   * Two-phase commit, where this node keeps its decisions.
   *
   * @throws RefusedException it does not
   */
  public TwoPhaseCommit twoPhaseCommit() throws RefusedException {
    return logged.orElseThrow(RefusedException::disposableNode);
  }
}
