package io.handfast.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.handfast.input.WireName;
import io.handfast.log.RemoteBranch;
import io.handfast.recovery.InDoubtBranch;
import io.handfast.recovery.InDoubtTransaction;
import io.handfast.recovery.InDoubtTransaction.State;
import io.handfast.recovery.Recovery;
import io.handfast.recovery.ScanResult;
import io.handfast.resolution.Branch;
import io.handfast.resolution.Heuristic;
import io.handfast.transaction.ErrorText;
import io.handfast.transaction.TransactionId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The node's recovery as a whole.
 *
 * @param log the decision log's id and incarnation, as they stand in transaction ids
 * @param scans the last scan of each participant
 * @param transactions what is not over at every participant and no worker has in flight, oldest
 *     first
 * @param inDoubt every prepared branch that the last scan has left as it is, those of others and of
 *     workers included
 * @param heuristics branches that ended otherwise than decided, until they are forgotten
 */
record RecoveryView(
    String node,
    String log,
    List<Scan> scans,
    List<Transaction> transactions,
    List<BranchView> inDoubt,
    List<HeuristicView> heuristics) {

  /**
   * The last scan of one participant.
   *
   * @param error why it could not be asked; left out where it was
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Scan(
      String participant,
      String at,
      int committed,
      int rolledBack,
      int remaining,
      @Nullable String error) {}

  /**
   * A transaction over all its participants.
   *
   * @param next what happens by itself, and what an operator can do
   */
  record Transaction(
      String transaction,
      String decision,
      String age,
      String safeAction,
      String next,
      List<Part> participants) {}

  /** How a transaction stands at one participant. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Part(String participant, String state, @Nullable String xid, @Nullable String detail) {}

  /**
   * A prepared branch.
   *
   * @param transaction null where the branch is not Handfast's
   * @param age since it was prepared where the participant tells, else since it was first seen
   * @param detail what the participant's own lists tell about it
   */
  record BranchView(
      @Nullable String transaction,
      String xid,
      String participant,
      String age,
      String decision,
      String safeAction,
      String detail) {}

  /** A branch that ended on its own, or by force. */
  record HeuristicView(
      String transaction,
      String xid,
      String participant,
      String age,
      String decision,
      String outcome,
      String cause) {}

  static RecoveryView of(Recovery recovery, List<ScanResult> scans, Instant now) {
    return new RecoveryView(
        recovery.node().identity().node(),
        recovery.node().identity().logAndIncarnation(),
        scans.stream().map(RecoveryView::view).toList(),
        recovery.inDoubt().stream().map(transaction -> view(transaction, now)).toList(),
        scans.stream()
            .flatMap(scan -> scan.left().stream())
            .map(branch -> view(branch, now))
            .toList(),
        recovery.node().resolutions().heuristics().stream()
            .map(heuristic -> view(heuristic, now))
            .toList());
  }

  private static Scan view(ScanResult scan) {
    return new Scan(
        scan.participant(),
        scan.at().toString(),
        scan.committed(),
        scan.rolledBack(),
        scan.remaining(),
        scan.failure() == null ? null : ErrorText.readable(scan.failure()));
  }

  private static Transaction view(InDoubtTransaction transaction, Instant now) {
    return new Transaction(
        transaction.id().toString(),
        WireName.of(transaction.decision()),
        age(transaction.since(), now),
        WireName.of(transaction.safeAction()),
        transaction.next(),
        transaction.parts().stream().map(part -> view(transaction.id(), part)).toList());
  }

  private static Part view(TransactionId id, InDoubtTransaction.Part part) {
    InDoubtBranch branch = part.branch();
    Heuristic heuristic = part.heuristic();
    boolean isHeld = branch != null || heuristic != null;
    boolean isAwaited = part.state() == State.UNPROVEN || part.state() == State.NOT_CONFIGURED;
    String xid =
        branch != null
            ? branch.xid()
            : isHeld || isAwaited ? Branch.of(id, part.participant()).xid() : null;
    RemoteBranch service = part.service();
    if (service != null) {
      String waiting = "waits to be told the outcome at " + service.url();
      return new Part(
          RemoteBranch.PREFIX + service.name(),
          WireName.of(part.state()),
          Branch.of(service.transaction(), service.participant()).xid(),
          waiting);
    }
    String detail =
        heuristic != null
            ? WireName.of(heuristic.outcome()) + ": " + heuristic.cause()
            : branch != null && !branch.detail().isEmpty() ? branch.detail() : null;
    return new Part(part.participant(), WireName.of(part.state()), xid, detail);
  }

  static BranchView view(InDoubtBranch branch, Instant now) {
    return new BranchView(
        branch.transaction() == null ? null : branch.transaction().toString(),
        branch.xid(),
        branch.participant(),
        age(branch.since(), now),
        WireName.of(branch.decision()),
        WireName.of(branch.safeAction()),
        branch.detail());
  }

  static HeuristicView view(Heuristic heuristic, Instant now) {
    return new HeuristicView(
        heuristic.branch().transaction().toString(),
        heuristic.branch().xid(),
        heuristic.branch().participant(),
        age(heuristic.at(), now),
        WireName.of(heuristic.decision()),
        WireName.of(heuristic.outcome()),
        heuristic.cause());
  }

  private static String age(Instant since, Instant now) {
    Duration age = Duration.between(since, now).truncatedTo(ChronoUnit.SECONDS);
    return (age.isNegative() ? Duration.ZERO : age).toString();
  }
}
