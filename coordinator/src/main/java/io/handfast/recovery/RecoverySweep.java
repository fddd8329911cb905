package io.handfast.recovery;

import io.handfast.log.DecisionLog;
import io.handfast.node.NodeIdentity;
import io.handfast.node.Participants;
import io.handfast.participant.Participant;
import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.participant.RecoverySession;
import io.handfast.recovery.InDoubtBranch.Decision;
import io.handfast.recovery.InDoubtBranch.SafeAction;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.TransactionId;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;
import org.jboss.logging.Logger;

/**
 * Puts right what a crash or a lost connection left behind, by presumed abort.
 *
 * <ol>
 *   <li>Learn what became of decisions whose writing was not confirmed.
 *   <li>Remember the decisions that no thread is still carrying out.
 *   <li>For each participant, on its own: list its prepared branches.
 *   <li>For each branch of this node, on its own: a decision in the log commits it, none rolls it
 *       back; one that a thread still works on, and one whose decision would be in another log, is
 *       left alone.
 *   <li>Let the log forget a remembered decision, if every participant that it names was seen to
 *       have carried it out.
 * </ol>
 *
 * <p>Whatever fails is left as it is for the next sweep and stops nothing else. Not thread-safe.
 */
final class RecoverySweep {

  private static final Logger LOG = Logger.getLogger(RecoverySweep.class);

  private final NodeIdentity identity;
  private final DecisionLog log;
  private final ActiveTransactions active;
  private final Clock clock;
  private final Map<String, Instant> firstSeen = new HashMap<>();

  RecoverySweep(NodeIdentity identity, DecisionLog log, ActiveTransactions active, Clock clock) {
    this.clock = clock;
    this.identity = identity;
    this.log = log;
    this.active = active;
  }

  /** Sweeps all given participants once. */
  List<Swept> run(Collection<Participant> participants) {
    log.settle();
    Map<TransactionId, Set<String>> decided = decisionsNobodyCarriesOut();
    List<Swept> results = new ArrayList<>();
    for (Participant participant : participants) {
      results.add(sweep(participant));
    }
    confirm(decided, results);
    return results;
  }

  private Map<TransactionId, Set<String>> decisionsNobodyCarriesOut() {
    Map<TransactionId, Set<String>> decided = new HashMap<>(log.unconfirmed());
    decided.keySet().removeIf(active::contains);
    return decided;
  }

  /**
   * A participant that is not configured now has not confirmed anything: its branch may come back.
   */
  private void confirm(Map<TransactionId, Set<String>> decided, List<Swept> results) {
    Set<String> clean = new HashSet<>(Set.of(Participants.OUTCOME));
    results.stream().filter(Swept::isClean).map(Swept::participant).forEach(clean::add);
    decided.forEach(
        (id, participants) -> {
          if (clean.containsAll(participants)) {
            log.confirmed(id);
          }
        });
  }

  private Swept sweep(Participant participant) {
    Swept swept = new Swept(participant.name(), clock.instant());
    Set<String> present = new HashSet<>();
    try (RecoverySession session = participant.openForRecovery()) {
      for (Xid branch : session.preparedBranches()) {
        present.add(key(participant, branch));
        resolve(session, branch, swept);
      }
      firstSeen
          .keySet()
          .removeIf(k -> k.startsWith(participant.name() + " ") && !present.contains(k));
    } catch (ParticipantUnavailableException | XAException | RuntimeException e) {
      swept.failed(e);
    }
    return swept;
  }

  private static String key(Participant participant, Xid branch) {
    return participant.name() + " " + InDoubtBranch.textOf(branch);
  }

  private void resolve(RecoverySession session, Xid branch, Swept swept) {
    Optional<TransactionId> id = TransactionId.of(branch);
    if (id.isEmpty() || !identity.isOfThisNode(id.get())) {
      leave(branch, swept, Decision.UNKNOWN, SafeAction.NONE); // somebody else's
    } else if (active.contains(id.get())) {
      leave(branch, swept, Decision.UNKNOWN, SafeAction.WAIT); // not over yet
    } else if (!isInThisLog(id.get())) {
      leaveForAPerson(id.get(), branch, swept);
    } else {
      resolveAsLogged(session, id.get(), branch, swept);
    }
  }

  private boolean isInThisLog(TransactionId id) {
    return identity.isInThisLog(id) && id.incarnation() <= identity.incarnation();
  }

  private void resolveAsLogged(RecoverySession session, TransactionId id, Xid branch, Swept swept) {
    DecisionLog.Decision decision = log.decisionOf(id);
    try {
      switch (decision) {
        case COMMIT -> session.commit(branch);
        case NONE -> session.rollback(branch);
        case UNKNOWN -> {
          swept.unresolved();
          leave(branch, swept, Decision.UNKNOWN, SafeAction.WAIT);
          return;
        }
      }
      swept.resolved(decision);
      LOG.infof(
          "branch recovered gtrid=%s participant=%s outcome=%s",
          id, swept.participant(), decision == DecisionLog.Decision.COMMIT ? "commit" : "rollback");
    } catch (XAException | RuntimeException e) {
      boolean isCommit = decision == DecisionLog.Decision.COMMIT;
      swept.unresolved();
      leave(
          branch,
          swept,
          isCommit ? Decision.COMMIT : Decision.ROLLBACK,
          isCommit ? SafeAction.COMMIT : SafeAction.ROLLBACK);
      LOG.warnf(
          "branch not recovered gtrid=%s participant=%s xaError=%s: asking again with the next scan",
          id, swept.participant(), e instanceof XAException xa ? xa.errorCode : e.toString());
    }
  }

  private void leave(Xid branch, Swept swept, Decision decision, SafeAction safeAction) {
    String xid = InDoubtBranch.textOf(branch);
    Instant seen =
        firstSeen.computeIfAbsent(swept.participant() + " " + xid, key -> clock.instant());
    swept.left(
        new InDoubtBranch(
            TransactionId.of(branch).orElse(null),
            xid,
            swept.participant(),
            seen,
            decision,
            safeAction));
  }

  private void leaveForAPerson(TransactionId id, Xid branch, Swept swept) {
    swept.unresolved();
    boolean isNew =
        !firstSeen.containsKey(swept.participant() + " " + InDoubtBranch.textOf(branch));
    leave(branch, swept, Decision.UNKNOWN, SafeAction.WAIT);
    if (isNew) {
      LOG.errorf(
          "branch of another decision log gtrid=%s participant=%s: this node has log %s at incarnation %d, so the decision is not known here and the branch stays prepared; bring back the data directory with log %s at incarnation %d or later, or resolve the branch by hand",
          id,
          swept.participant(),
          identity.log(),
          identity.incarnation(),
          id.log(),
          id.incarnation());
    }
  }
}
