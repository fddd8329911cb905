package io.handfast;

import io.handfast.concurrent.Deadline;
import io.handfast.node.NodeState;
import io.handfast.participant.NodeNameTakenException;
import io.handfast.readiness.Check.Finding;
import io.handfast.recovery.NodeFences;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Claims the node's name before recovery looks at a branch, or refuses to start.
 *
 * <p>A name that is taken is asked for again for a while: the connections of a predecessor that was
 * killed vanish within milliseconds, those of a machine that is gone within seconds.
 */
final class NodeClaim {

  private static final Logger LOG = Logger.getLogger(NodeClaim.class);

  /** Longer than a connection takes on a busy machine; who takes longer is away for now. */
  private static final Duration ANSWER = Duration.ofSeconds(3);

  private static final Duration PAUSE = Duration.ofMillis(500);

  private final String node;
  private final NodeFences fences;
  private final NodeState state;
  private final Duration patience;

  NodeClaim(String node, NodeFences fences, NodeState state, Duration patience) {
    this.node = node;
    this.fences = fences;
    this.state = state;
    this.patience = patience;
  }

  /**
   * Claims the name at every participant that answers.
   *
   * @throws UnsafeStartException another coordinator holds it, and goes on holding it
   * @throws CancellationException the process was told to stop meanwhile
   */
  void await() throws InterruptedException {
    Deadline deadline = Deadline.after(patience);
    List<NodeNameTakenException> refusals = refusals();
    if (!refusals.isEmpty()) {
      LOG.warnf(
          "node name taken node=%s: held at %s; waiting up to %s for it",
          node, holders(refusals), patience);
    }
    while (!refusals.isEmpty()) {
      if (deadline.isOver()) {
        throw new UnsafeStartException(List.of(finding(refusals)));
      }
      if (StopSignals.comesWithin(PAUSE)) {
        throw new CancellationException("told to stop before the node had its name");
      }
      refusals = refusals();
    }
  }

  private List<NodeNameTakenException> refusals() throws InterruptedException {
    List<NodeNameTakenException> refusals = fences.claim(ANSWER);
    state.waitsForName(fences.taken());
    return refusals;
  }

  private Finding finding(List<NodeNameTakenException> refusals) {
    return new Finding(
        "node-name",
        Finding.Severity.REFUSES,
        "handfast.node",
        "is '" + node + "', which another coordinator holds at " + holders(refusals),
        "stop that one, or give this one a handfast.node and a handfast.data-directory of its own");
  }

  private static String holders(List<NodeNameTakenException> refusals) {
    return refusals.stream()
        .map(NodeNameTakenException::holder)
        .collect(Collectors.joining(" and at "));
  }
}
