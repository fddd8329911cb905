package io.handfast.recovery;

import static java.util.stream.Collectors.toSet;

import io.handfast.event.Event;
import io.handfast.event.Events;
import io.handfast.input.WireName;
import io.handfast.log.DecisionLog;
import io.handfast.log.LoggedDecision;
import io.handfast.message.Broker;
import io.handfast.node.NodeIdentity;
import io.handfast.node.Participants;
import io.handfast.participant.BranchText;
import io.handfast.participant.Participant;
import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.participant.RecoverySession;
import io.handfast.participant.XaFailures;
import io.handfast.recovery.InDoubtBranch.Decision;
import io.handfast.recovery.InDoubtBranch.SafeAction;
import io.handfast.resolution.Branch;
import io.handfast.resolution.BranchAction;
import io.handfast.resolution.Heuristic;
import io.handfast.resolution.Resolutions;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.MarkedBranch;
import io.handfast.transaction.TransactionId;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;
import org.jboss.logging.Logger;

/**
 * One scan of a participant: resolves what a crash or a lost connection left, by presumed abort.
 *
 * <ol>
 *   <li>Learn what became of decisions whose writing was not confirmed.
 *   <li>Remember the decisions that no thread is still carrying out.
 *   <li>For each participant, on its own: list its prepared branches.
 *   <li>For each branch of this node, on its own: a decision in the log commits it, none rolls it
 *       back, as does one in a log that was given up; one that is still in flight, one that the log
 *       cannot tell of yet, and one whose decision would be in another log, is left alone. A branch
 *       that has ended otherwise on its own is kept for an operator.
 *   <li>Let the log forget a remembered decision, if every participant that it names was seen to
 *       have carried it out: the same one that prepared has listed all its branches, and this one
 *       was not among them.
 * </ol>
 *
 * <p>Whatever fails is left as it is for the next scan and stops nothing else. Not thread-safe.
 */
final class RecoveryScan {

  private static final Logger LOG = Logger.getLogger(RecoveryScan.class);

  private final NodeIdentity identity;
  private final DecisionLog log;
  private final ActiveTransactions active;
  private final Resolutions resolutions;
  private final Takeover takeover;
  private final Set<String> abandonedLogs;
  private final Events events;
  private final Clock clock;
  private final Map<String, Instant> firstSeen = new HashMap<>();
  private final Map<String, Set<TransactionId>> kept = new HashMap<>();
  private final Map<String, String> troubles = new HashMap<>();

  /**
   * A scan for a node.
   *
   * @param config names logs, or single incarnations of them, that will never come back: what was
   *     decided in them counts as not decided
   */
  RecoveryScan(
      Recovery.Node node,
      ActiveTransactions active,
      RecoveryConfig config,
      Events events,
      Clock clock) {
    this.identity = node.identity();
    this.log = node.log();
    this.active = active;
    this.resolutions = node.resolutions();
    this.abandonedLogs = config.abandonedLogs().orElse(Set.of());
    this.takeover = new Takeover(node.markers(), config.takeoverAfter(), clock);
    this.events = events;
    this.clock = clock;
  }

  /** Scans all given participants once. */
  List<ScanResult> run(Collection<Participant> participants) {
    takeover.begins();
    log.learnUnknown(); //                                                        1 learn
    // Before branches are listed: a decision taken later would meet a list from before its branches
    // were
    // prepared, and be forgotten as carried out; the next scan would roll these branches back.
    Map<TransactionId, Set<String>> decided = decisionsNobodyCarriesOut(); //     2 remember
    List<ScanResult> results = new ArrayList<>();
    for (Participant participant : participants) {
      results.add(scan(participant)); //                                          3 list, 4 judge
    }
    forgetConfirmed(decided, results); //                                         5 forget
    return results;
  }

  private Map<TransactionId, Set<String>> decisionsNobodyCarriesOut() {
    Map<TransactionId, Set<String>> decided = new HashMap<>(log.unconfirmed());
    // In this order: a transaction is in flight from before its decision until all have answered.
    decided.keySet().removeIf(active::contains);
    return decided;
  }

  private ScanResult scan(Participant participant) {
    ScanResult result = new ScanResult(participant.name(), clock.instant());
    try (RecoverySession session = participant.openForRecovery()) {
      List<Xid> branches = session.preparedBranches();
      result.covers(session.scope());
      takeover.reached(participant.name());
      for (Xid branch : branches) {
        judge(participant, session, branch, result);
      }
      result.explain(session.facts(branches));
      if (participant.name().equals(Broker.NAME)) {
        takeover.listed(branches);
        takeover.tidy(session.scope().identity(), branches);
      }
      warnOfOtherLogs(result);
      forgetWhatIsGone(participant, branches);
    } catch (ParticipantUnavailableException | XAException | RuntimeException e) {
      takeover.away(participant.name());
      result.failed(e);
    }
    return result;
  }

  private void forgetWhatIsGone(Participant participant, List<Xid> branches) {
    Set<String> present = new HashSet<>();
    branches.forEach(branch -> present.add(key(participant.name(), branch)));
    String prefix = key(participant.name(), "");
    firstSeen.keySet().removeIf(key -> key.startsWith(prefix) && !present.contains(key));
    troubles.keySet().removeIf(key -> key.startsWith(prefix) && !present.contains(key));
  }

  private static String key(String participant, Xid branch) {
    return key(participant, BranchText.of(branch));
  }

  private static String key(String participant, String xid) {
    return participant + " " + xid;
  }

  /** Step 4: whose a branch is, and what is to become of it. */
  private void judge(
      Participant participant, RecoverySession session, Xid branch, ScanResult result) {
    Optional<TransactionId> id = TransactionId.of(branch);
    Optional<MarkedBranch> marked = MarkedBranch.of(branch);
    if (marked.isPresent()) {
      judgeMarked(participant, session, branch, marked.get(), result);
    } else if (id.isEmpty() || !identity.isOfThisNode(id.get())) {
      leave(branch, result, Decision.UNKNOWN, SafeAction.NONE); // of another transaction manager
    } else if (active.contains(id.get())) { // before the log: it may still be about to decide
      leave(branch, result, Decision.UNKNOWN, SafeAction.WAIT); // not over yet
      result.inHand(id.get());
    } else if (identity.isInThisLog(id.get())) {
      end(session, id.get(), branch, log.decisionOf(id.get()), result);
    } else if (isAbandoned(id.get())) {
      end(session, id.get(), branch, DecisionLog.Verdict.NONE, result);
    } else {
      leaveForAPerson(id.get(), branch, result);
    }
  }

  /**
   * The marker tells of it, whichever node has begun it; one of another node is its own at first.
   */
  private void judgeMarked(
      Participant participant,
      RecoverySession session,
      Xid branch,
      MarkedBranch marked,
      ScanResult result) {
    TransactionId id = marked.transaction();
    if (active.contains(id)) {
      leave(branch, result, Decision.UNKNOWN, SafeAction.WAIT);
      result.inHand(id);
      return;
    }
    boolean isOurs = identity.isOfThisNode(id);
    if (!isOurs && !takeover.isDue(participant, id.node(), seen(branch, result))) {
      leave(branch, result, Decision.UNKNOWN, SafeAction.NONE);
      result.askAgain();
      return;
    }
    end(session, id, branch, takeover.verdict(marked, result), result);
  }

  private boolean isAbandoned(TransactionId id) {
    return abandonedLogs.contains(id.log()) || abandonedLogs.contains(id.logAndIncarnation());
  }

  /** Step 4: ends a branch as its log has it. */
  private void end(
      RecoverySession session,
      TransactionId id,
      Xid branch,
      DecisionLog.Verdict decision,
      ScanResult result) {
    if (decision == DecisionLog.Verdict.UNKNOWN) {
      result.remains();
      leave(branch, result, Decision.UNKNOWN, SafeAction.WAIT);
      return;
    }
    BranchAction action =
        decision == DecisionLog.Verdict.COMMIT ? BranchAction.COMMIT : BranchAction.ROLLBACK;
    boolean isNew = !firstSeen.containsKey(key(result.participant(), branch));
    try {
      carryOut(session, branch, action);
      result.resolved(decision);
      LOG.infof(
          "branch recovered gtrid=%s participant=%s outcome=%s",
          id, result.participant(), WireName.of(action));
      events.publish(
          new Event.BranchRecovered(id, result.participant(), action == BranchAction.COMMIT));
    } catch (XAException e) {
      if (Heuristic.isOne(e)) {
        leaveHeuristic(id, branch, action, e, result);
      } else {
        leaveForNextScan(branch, action, result);
        if (isNew && e.errorCode == XAException.XAER_NOTA) {
          // Its worker has ended it since it was listed; the next list shows that it is gone.
          LOG.debugf("branch gone since listed gtrid=%s participant=%s", id, result.participant());
        } else {
          warnNotRecovered(id, branch, result, XaFailures.text(e));
        }
      }
    } catch (RuntimeException e) {
      leaveForNextScan(branch, action, result);
      warnNotRecovered(id, branch, result, e.toString());
    }
  }

  private void warnNotRecovered(TransactionId id, Xid branch, ScanResult result, String answer) {
    if (!answer.equals(troubles.put(key(result.participant(), branch), answer))) {
      LOG.warnf(
          "branch not recovered gtrid=%s participant=%s xaError=%s: asking again with each scan",
          id, result.participant(), answer);
    }
  }

  /** What has ended on its own in the way it should is as good as done. */
  private static void carryOut(RecoverySession session, Xid branch, BranchAction action)
      throws XAException {
    try {
      if (action == BranchAction.COMMIT) {
        session.commit(branch);
      } else {
        session.rollback(branch);
      }
    } catch (XAException e) {
      if (!isAsDecided(action, e)) {
        throw e;
      }
      if (Heuristic.isKept(e)) {
        session.forget(branch);
      }
    }
  }

  private static boolean isAsDecided(BranchAction action, XAException answer) {
    Heuristic.Outcome wanted =
        action == BranchAction.COMMIT ? Heuristic.Outcome.COMMITTED : Heuristic.Outcome.ROLLED_BACK;
    return Heuristic.isOne(answer) && Heuristic.outcomeOf(answer) == wanted;
  }

  private void leaveHeuristic(
      TransactionId id, Xid branch, BranchAction decision, XAException answer, ScanResult result) {
    Heuristic heuristic =
        new Heuristic(
            Branch.of(branch).orElseThrow(),
            decision,
            Heuristic.outcomeOf(answer),
            "%s has answered %s".formatted(result.participant(), XaFailures.code(answer)),
            clock.instant());
    if (resolutions.keep(heuristic)) {
      LOG.errorf(
          "heuristic outcome gtrid=%s participant=%s decision=%s outcome=%s: compare the rows and messages of this transaction, correct them manually, then POST /v1/recovery/in-doubt/%s/forget",
          id,
          result.participant(),
          WireName.of(decision),
          WireName.of(heuristic.outcome()),
          heuristic.branch().xid());
    }
    result.remains();
    leave(branch, result, decisionOf(decision), SafeAction.NONE);
  }

  private static Decision decisionOf(BranchAction action) {
    return action == BranchAction.COMMIT ? Decision.COMMIT : Decision.ROLLBACK;
  }

  private void leaveForNextScan(Xid branch, BranchAction action, ScanResult result) {
    result.remains();
    result.askAgain();
    boolean isCommit = action == BranchAction.COMMIT;
    leave(branch, result, decisionOf(action), isCommit ? SafeAction.COMMIT : SafeAction.ROLLBACK);
  }

  private void leave(Xid branch, ScanResult result, Decision decision, SafeAction safeAction) {
    result.left(
        new InDoubtBranch(
            TransactionId.of(branch).orElse(null),
            BranchText.of(branch),
            result.participant(),
            seen(branch, result),
            decision,
            safeAction,
            "",
            MarkedBranch.of(branch).map(takeover::doubt).orElse(null)));
  }

  private Instant seen(Xid branch, ScanResult result) {
    return firstSeen.computeIfAbsent(key(result.participant(), branch), unseen -> clock.instant());
  }

  /** What an operator did with one branch of the transaction is what is safe for the others. */
  private void leaveForAPerson(TransactionId id, Xid branch, ScanResult result) {
    result.remains();
    boolean isNew = !firstSeen.containsKey(key(result.participant(), branch));
    SafeAction safe =
        resolutions
            .decidedByPerson(id)
            .map(done -> done == BranchAction.COMMIT ? SafeAction.COMMIT : SafeAction.ROLLBACK)
            .orElse(SafeAction.WAIT);
    leave(branch, result, Decision.UNKNOWN, safe);
    if (isNew) {
      result.ofAnotherLog(id);
    }
  }

  private void warnOfOtherLogs(ScanResult result) {
    result
        .newOfOtherLogs()
        .forEach(
            (other, count) ->
                LOG.errorf(
                    "branches of another decision log participant=%s count=%d log=%s: they are of this node's name, this node has log %s, and what was decided about them is not in it, so they stay prepared. If the data directory with that log still exists, stop this node and bring it back. If it is lost for good, resolve each manually (GET /v1/recovery), or set handfast.recovery.abandoned-logs=%s to roll all of them back, and what was committed elsewhere already stays committed",
                    result.participant(), count, other, identity.logAndIncarnation(), other));
  }

  /**
   * Step 5. A participant that is not configured now, or is another than the one that prepared, has
   * not confirmed anything: its branch may come back.
   */
  private void forgetConfirmed(Map<TransactionId, Set<String>> decided, List<ScanResult> results) {
    Map<TransactionId, LoggedDecision> content = new HashMap<>();
    log.content().forEach(decision -> content.put(decision.id(), decision));
    Map<ScanResult, List<LoggedDecision>> unproven = new LinkedHashMap<>();
    decided.keySet().retainAll(content.keySet()); // else confirmed meanwhile
    decided.forEach(
        (id, participants) -> {
          Set<String> awaited = new HashSet<>(participants);
          awaited.remove(Participants.OUTCOME);
          awaited.removeAll(resolutions.givenUp(id));
          for (ScanResult result : results) {
            if (result.isClean() && awaited.contains(result.participant())) {
              if (result.isProofFor(content.get(id))) {
                awaited.remove(result.participant());
              } else {
                unproven.computeIfAbsent(result, r -> new ArrayList<>()).add(content.get(id));
              }
            }
          }
          if (awaited.isEmpty()) {
            log.confirmed(id);
          }
        });
    results.forEach(result -> tellKept(result, unproven.getOrDefault(result, List.of())));
  }

  /** Once for each decision, in one line for all of a participant. */
  private void tellKept(ScanResult result, List<LoggedDecision> decisions) {
    Set<TransactionId> before = kept.getOrDefault(result.participant(), Set.of());
    Set<TransactionId> now = decisions.stream().map(LoggedDecision::id).collect(toSet());
    kept.put(result.participant(), now);
    if (!before.containsAll(now)) {
      LOG.errorf(
          "decisions kept participant=%s count=%d gtrid=%s: %s; nothing is lost, and if it will never be reached again as it was, forget each by force (GET /v1/recovery)",
          result.participant(), now.size(), decisions.get(0).id(), result.doubt(decisions.get(0)));
    }
  }
}
