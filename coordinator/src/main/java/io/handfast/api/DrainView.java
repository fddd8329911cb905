package io.handfast.api;

import static io.handfast.node.Participants.OUTCOME;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.handfast.api.RecoveryView.BranchView;
import io.handfast.api.RecoveryView.HeuristicView;
import io.handfast.drain.DrainReport;
import io.handfast.drain.OutstandingWork;
import io.handfast.drain.OutstandingWork.OpenTransaction;
import io.handfast.input.WireName;
import io.handfast.log.RemoteBranch;
import io.handfast.transaction.TransactionId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A drain as the wire shows it.
 *
 * @param since when it was begun; left out where the node is not being drained
 * @param reason why the volume may be deleted, or why not yet
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record DrainView(
    String state,
    @Nullable String since,
    boolean volumeMayBeDeleted,
    String reason,
    OutstandingView outstanding) {

  /**
   * What is left to do.
   *
   * @param comparisons ids
   * @param branches those of this node that the last scan has left prepared
   * @param decisions those that not every participant has confirmed
   * @param services those that do not know an outcome
   * @param unreachable participants that the last scan could not ask
   */
  record OutstandingView(
      List<Units> units,
      List<String> comparisons,
      List<Open> transactions,
      List<BranchView> branches,
      List<Unconfirmed> decisions,
      List<ParticipantsResource.View> services,
      List<HeuristicView> heuristics,
      List<Unreachable> unreachable) {}

  /** What is in flight of a delivery. */
  record Units(String delivery, int inHand) {}

  /** A transaction that its client has not settled. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Open(String transaction, String status, @Nullable String expires) {}

  /** A decision to commit, and the participants that have not confirmed it. */
  record Unconfirmed(String transaction, List<String> participants) {}

  /** A participant that may hold branches of this node, and why it cannot be asked. */
  record Unreachable(String participant, String error) {}

  static DrainView of(DrainReport report, Instant now) {
    return new DrainView(
        WireName.of(report.state()),
        report.since() == null ? null : report.since().toString(),
        report.volumeMayBeDeleted(),
        report.reason(),
        view(report.outstanding(), now));
  }

  private static OutstandingView view(OutstandingWork outstanding, Instant now) {
    OutstandingWork.InHand inHand = outstanding.inHand();
    OutstandingWork.InDoubt inDoubt = outstanding.inDoubt();
    return new OutstandingView(
        inHand.units().entrySet().stream()
            .map(units -> new Units(units.getKey(), units.getValue()))
            .toList(),
        inHand.comparisons(),
        inHand.transactions().stream().map(DrainView::view).toList(),
        inDoubt.branches().stream().map(branch -> RecoveryView.view(branch, now)).toList(),
        inDoubt.decisions().entrySet().stream().map(DrainView::view).toList(),
        inDoubt.services().stream().map(DrainView::view).toList(),
        inDoubt.heuristics().stream().map(heuristic -> RecoveryView.view(heuristic, now)).toList(),
        outstanding.unreachable().entrySet().stream()
            .map(away -> new Unreachable(away.getKey(), away.getValue()))
            .toList());
  }

  private static Open view(OpenTransaction open) {
    return new Open(
        open.id(),
        WireName.of(open.status()),
        open.expires() == null ? null : open.expires().toString());
  }

  private static Unconfirmed view(Map.Entry<TransactionId, Set<String>> decision) {
    return new Unconfirmed(
        decision.getKey().toString(),
        decision.getValue().stream().filter(name -> !name.equals(OUTCOME)).sorted().toList());
  }

  private static ParticipantsResource.View view(RemoteBranch service) {
    return new ParticipantsResource.View(
        service.transaction().toString(), service.name(), service.url().toString());
  }
}
