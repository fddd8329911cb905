package io.handfast.api;

import io.handfast.log.LoggedDecision;
import io.handfast.node.NodeIdentity;
import io.handfast.recovery.Recovery;
import java.util.Comparator;
import java.util.List;

/**
 * What the decision log of this node says.
 *
 * @param log the log's id and this incarnation, as they stand in transaction ids
 * @param starts how often the log was opened
 * @param certain false while a write was not confirmed: the node takes no new work then
 * @param decisions to commit, that not every participant has confirmed; oldest first
 */
record LogView(String node, String log, long starts, boolean certain, List<Decided> decisions) {

  /**
   * A decision to commit.
   *
   * @param participants all that must confirm before it is forgotten
   */
  record Decided(String transaction, List<String> participants, String decidedAt) {}

  static LogView of(Recovery.Node node) {
    NodeIdentity identity = node.identity();
    return new LogView(
        identity.node(),
        identity.logAndIncarnation(),
        identity.start(),
        node.log().isCertain(),
        node.log().content().stream()
            .sorted(Comparator.comparing(LoggedDecision::decidedAt))
            .map(LogView::view)
            .toList());
  }

  private static Decided view(LoggedDecision decision) {
    return new Decided(
        decision.id().toString(),
        decision.participants().keySet().stream().sorted().toList(),
        decision.decidedAt().toString());
  }
}
