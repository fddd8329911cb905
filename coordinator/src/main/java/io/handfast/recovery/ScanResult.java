package io.handfast.recovery;

import io.handfast.log.DecisionLog.Verdict;
import io.handfast.log.LoggedDecision;
import io.handfast.participant.BranchFact;
import io.handfast.participant.RecoverySession.Scope;
import io.handfast.resolution.Branch;
import io.handfast.transaction.TransactionId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The result of one scan of one participant. Filled by the scan, read afterwards. */
public final class ScanResult {

  private final String participant;
  private final Instant at;
  private final List<InDoubtBranch> left = new ArrayList<>();
  private final Set<TransactionId> inHand = new HashSet<>();
  private final Map<String, Integer> newOfOtherLogs = new TreeMap<>();
  private int committed;
  private int rolledBack;
  private int remaining;
  private boolean isToBeAskedAgain;
  private Scope scope = new Scope("", "it could not be asked");
  private @Nullable Throwable failure;

  ScanResult(String participant, Instant at) {
    this.participant = participant;
    this.at = at;
  }

  void resolved(Verdict decision) {
    if (decision == Verdict.COMMIT) {
      committed++;
    } else {
      rolledBack++;
    }
  }

  void left(InDoubtBranch branch) {
    left.add(branch);
  }

  /**
   * A worker has the transaction in flight, and may have ended it by the time when this is read.
   */
  void inHand(TransactionId id) {
    inHand.add(id);
  }

  /** Adds what the participant itself tells about what it holds. */
  void explain(Collection<BranchFact> facts) {
    Map<String, BranchFact> byXid = new LinkedHashMap<>();
    facts.forEach(fact -> byXid.put(fact.xid(), fact));
    left.replaceAll(
        branch -> {
          BranchFact fact = byXid.get(branch.xid());
          return fact == null ? branch : branch.with(since(fact, branch.since()), fact.detail());
        });
    byXid.values().stream().filter(fact -> !Branch.isId(fact.xid())).forEach(this::leftForeign);
  }

  private Instant since(BranchFact fact, Instant otherwise) {
    return fact.age() == null ? otherwise : at.minus(fact.age());
  }

  private void leftForeign(BranchFact fact) {
    left.add(
        new InDoubtBranch(
            null,
            fact.xid(),
            participant,
            since(fact, at),
            InDoubtBranch.Decision.UNKNOWN,
            InDoubtBranch.SafeAction.NONE,
            fact.detail(),
            null));
  }

  void ofAnotherLog(TransactionId id) {
    newOfOtherLogs.merge(id.logAndIncarnation(), 1, Integer::sum);
  }

  /** Branches whose log this node does not have, seen for the first time, counted by log. */
  Map<String, Integer> newOfOtherLogs() {
    return newOfOtherLogs;
  }

  void remains() {
    remaining++;
  }

  /** A branch failed in a way that the next scan may mend. */
  void askAgain() {
    isToBeAskedAgain = true;
  }

  void covers(Scope covered) {
    scope = covered;
  }

  void failed(Throwable cause) {
    failure = cause;
  }

  public String participant() {
    return participant;
  }

  /** When the participant was asked. */
  public Instant at() {
    return at;
  }

  public int committed() {
    return committed;
  }

  public int rolledBack() {
    return rolledBack;
  }

  /** Branches of this node that should have been resolved and could not be now. */
  public int remaining() {
    return remaining;
  }

  /** Every prepared branch that was left as it is, those of others included. */
  public List<InDoubtBranch> left() {
    return List.copyOf(left);
  }

  /**
   * Of these, the branches that no worker had in flight: they wait for recovery, or for an
   * operator.
   */
  List<InDoubtBranch> leftByNobody() {
    return left.stream()
        .filter(branch -> branch.transaction() == null || !inHand.contains(branch.transaction()))
        .toList();
  }

  /** Why the participant could not be asked, or null where it was. */
  public @Nullable Throwable failure() {
    return failure;
  }

  /** Whether asking again soon may help: it could not be asked, or a branch of it not resolved. */
  boolean isToBeAskedAgain() {
    return failure != null || isToBeAskedAgain;
  }

  /** Whether the participant was asked. */
  boolean isScanned() {
    return failure == null;
  }

  /** Whether the participant was asked, and not before a moment. */
  public boolean isScannedSince(Instant moment) {
    return failure == null && !at.isBefore(moment);
  }

  /** Whether the participant was asked and lists nothing of this node that waits. */
  boolean isClean() {
    return failure == null && remaining == 0;
  }

  /**
   * Whether it proves that the participant has done what was decided when it lists no branch of it:
   * it lists all branches, and is the one that prepared.
   */
  boolean isProofFor(LoggedDecision decision) {
    return scope.isProofFor(decision.participants().getOrDefault(participant, ""));
  }

  /** Why it proves nothing, and what to do first. */
  String doubt(LoggedDecision decision) {
    String preparedAt = decision.participants().getOrDefault(participant, "");
    if (!scope.gap().isEmpty()) {
      return "%s lists no branch, but %s: configure one that lists all"
          .formatted(participant, scope.gap());
    }
    if (preparedAt.isEmpty() || scope.identity().isEmpty()) {
      return "%s lists no branch, but %s"
          .formatted(
              participant,
              preparedAt.isEmpty()
                  ? "the log does not say which one has prepared: see that none is left there"
                  : "it does not say which one it is: see that none is left at '%s'"
                      .formatted(preparedAt));
    }
    return "%s lists no branch, but is '%s' and '%s' has prepared: configure that one again"
        .formatted(participant, scope.identity(), preparedAt);
  }
}
