package io.handfast.coordination;

import io.handfast.commit.Markers;
import io.handfast.database.Marker;
import io.handfast.log.ClientLog;
import io.handfast.log.DecisionLog;
import io.handfast.log.RemoteBranch;
import io.handfast.node.NodeIdentity;
import io.handfast.node.Participants;
import io.handfast.recovery.Recovery;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.TransactionId;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

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
  private final @Nullable Markers markers;

  /**
   * Answers from the log, and before it from the marker.
   *
   * @param markers null where no marker decides what clients begin
   */
  PastTransactions(Recovery.Node node, @Nullable Markers markers, Clock clock) {
    this.identity = node.identity();
    this.decisions = node.log();
    this.clients = node.clients();
    this.markers = markers;
    this.clock = clock;
  }

  /**
   * What the marker tells of a transaction; empty where it tells nothing, or not yet.
   *
   * @throws ClientTransactionException it is open at another node
   */
  Optional<Outcome> marked(String name) {
    if (markers == null) {
      return Optional.empty();
    }
    Optional<Marker.Found> found = markers.find(name, identity);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    if (found.get().committed() > 0) {
      return Optional.of(new Outcome.Committed());
    }
    if (found.get().isTakenOver()) {
      return Optional.of(new Outcome.RolledBack(ClientTransactionException.restarted()));
    }
    if (found.get().owner().equals(identity.startText())) {
      return Optional.empty(); // it is being begun
    }
    String owner = found.get().owner().split(" ")[0];
    throw ClientTransactionException.ofAnotherNode(name, owner, identity.node());
  }

  /**
   * Finds a transaction by its id or by the name that a client chose for it.
   *
   * @throws ClientTransactionException it is another node's
   */
  Optional<ClientTransaction> find(String name) {
    Optional<Outcome> marked = marked(name);
    if (marked.isPresent()) {
      return Optional.of(ClientTransaction.ended(name, null, List.of(), marked.get(), clock));
    }
    Optional<TransactionId> id = clients.named(name).or(() -> TransactionId.parse(name));
    if (id.isEmpty()) {
      return Optional.empty();
    }
    if (!identity.isOfThisNode(id.get())) {
      throw ClientTransactionException.ofAnotherNode(
          id.get().toString(), id.get().node(), identity.node());
    }
    return identity.isInThisLog(id.get())
        ? outcome(id.get()).map(known -> ended(name, id.get(), known))
        : Optional.empty();
  }

  private Optional<Outcome> outcome(TransactionId id) {
    if (decisions.decisionOf(id) == DecisionLog.Verdict.COMMIT) {
      return Optional.of(
          decisions.unconfirmed().containsKey(id)
              ? new Outcome.Decided(ClientTransactionException.restarted())
              : new Outcome.Committed());
    }
    boolean isOver = id.incarnation() != identity.incarnation();
    return isOver && id.isOfClient() && !clients.mayBeForgotten(id)
        ? Optional.of(new Outcome.RolledBack(ClientTransactionException.restarted()))
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
