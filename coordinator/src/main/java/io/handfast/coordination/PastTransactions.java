package io.handfast.coordination;

import io.handfast.log.ClientLog;
import io.handfast.log.DecisionLog;
import io.handfast.log.RemoteBranch;
import io.handfast.node.NodeIdentity;
import io.handfast.node.Participants;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.TransactionId;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Answers for clients' transactions of earlier processes, from the decision log.
 *
 * <p>One that the log has no decision on was rolled back; unless it is so old that a decision may
 * have been dropped, of which nothing is known.
 */
final class PastTransactions {

  private final NodeIdentity identity;
  private final DecisionLog decisions;
  private final ClientLog clients;
  private final Clock clock;

  PastTransactions(NodeIdentity identity, DecisionLog decisions, ClientLog clients, Clock clock) {
    this.identity = identity;
    this.decisions = decisions;
    this.clients = clients;
    this.clock = clock;
  }

  /**
   * Finds a transaction by its id or by the name that a client chose for it.
   *
   * @throws WrongNodeException it is another node's
   */
  Optional<ClientTransaction> find(String name) {
    Optional<TransactionId> id = clients.named(name).or(() -> TransactionId.parse(name));
    if (id.isEmpty()) {
      return Optional.empty();
    }
    if (!identity.isOfThisNode(id.get())) {
      throw new WrongNodeException(id.get(), identity.node());
    }
    return identity.isInThisLog(id.get())
        ? outcome(id.get()).map(known -> ended(name, id.get(), known))
        : Optional.empty();
  }

  private Optional<Outcome> outcome(TransactionId id) {
    if (decisions.decisionOf(id) == DecisionLog.Verdict.COMMIT) {
      return Optional.of(
          decisions.unconfirmed().containsKey(id)
              ? new Outcome.Decided(RolledBackException.restarted())
              : new Outcome.Committed());
    }
    boolean isOver = id.incarnation() != identity.incarnation();
    return isOver && id.isOfClient() && !clients.mayBeForgotten(id)
        ? Optional.of(new Outcome.RolledBack(RolledBackException.restarted()))
        : Optional.empty();
  }

  private ClientTransaction ended(String name, TransactionId id, Outcome outcome) {
    return ClientTransaction.ended(name, id, awaited(id), outcome, clock);
  }

  /** By the names that the transaction had for them. */
  private List<String> awaited(TransactionId id) {
    Set<String> awaited = new TreeSet<>(decisions.unconfirmed().getOrDefault(id, Set.of()));
    awaited.removeIf(participant -> participant.equals(Participants.OUTCOME));
    awaited.removeIf(RemoteBranch::isRemote);
    clients.joined(id).forEach(service -> awaited.add(RemoteBranch.PREFIX + service.name()));
    return List.copyOf(awaited);
  }
}
