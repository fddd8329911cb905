package io.handfast.drain;

import io.handfast.comparison.Comparisons;
import io.handfast.coordination.ClientTransaction;
import io.handfast.coordination.ClientTransactions;
import io.handfast.delivery.Deliveries;
import io.handfast.drain.OutstandingWork.InDoubt;
import io.handfast.drain.OutstandingWork.InHand;
import io.handfast.drain.OutstandingWork.OpenTransaction;
import io.handfast.node.NodeIdentity;
import io.handfast.node.Participants;
import io.handfast.participant.Participant;
import io.handfast.recovery.InDoubtBranch;
import io.handfast.recovery.Recovery;
import io.handfast.recovery.ScanResult;
import io.handfast.transaction.ErrorText;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The work of this node: its deliveries, its clients' transactions, and what recovery has left. */
public final class NodeWork implements DrainedWork {

  private final Participants participants;
  private final Deliveries deliveries;
  private final Comparisons comparisons;
  private final ClientTransactions transactions;
  private final Recovery recovery;
  private final Clock clock;

  public NodeWork(
      Participants participants,
      Deliveries deliveries,
      Comparisons comparisons,
      ClientTransactions transactions,
      Recovery recovery,
      Clock clock) {
    this.participants = participants;
    this.deliveries = deliveries;
    this.comparisons = comparisons;
    this.transactions = transactions;
    this.recovery = recovery;
    this.clock = clock;
  }

  @Override
  public void stopIntake() {
    comparisons.stopIntake();
    transactions.stopIntake();
    deliveries.stopIntake();
  }

  @Override
  public void allowIntake() {
    transactions.allowIntake();
    comparisons.allowIntake();
    deliveries.allowIntake();
  }

  @Override
  public int giveBackInHand() {
    return deliveries.giveBackInHand();
  }

  @Override
  public OutstandingWork outstanding() {
    // In hand first: what ends between the two looks is in doubt, if it is, by the second.
    return new OutstandingWork(inHand(), inDoubt(), unreachable());
  }

  private InHand inHand() {
    return new InHand(
        deliveries.unitsInHand(),
        comparisons.running().stream().toList(),
        transactions.unsettled().stream().map(NodeWork::open).toList());
  }

  private static OpenTransaction open(ClientTransaction transaction) {
    return new OpenTransaction(transaction.id(), transaction.status(), transaction.expires());
  }

  private InDoubt inDoubt() {
    Recovery.Node node = recovery.node();
    return new InDoubt(
        recovery.lastScan().stream()
            .flatMap(result -> result.left().stream())
            .filter(branch -> isOurs(branch, node.identity()))
            .toList(),
        node.log().unconfirmed(),
        node.clients().joined(),
        node.resolutions().heuristics(),
        node.log().isCertain());
  }

  /** Of whatever log: one that is of another log of this node waits for an operator. */
  private static boolean isOurs(InDoubtBranch branch, NodeIdentity identity) {
    return branch.transaction() != null && identity.isOfThisNode(branch.transaction());
  }

  private Map<String, String> unreachable() {
    Map<String, String> unreachable = new TreeMap<>();
    names().forEach(name -> unreachable.put(name, "not asked yet"));
    for (ScanResult result : recovery.lastScan()) {
      if (result.failure() == null) {
        unreachable.remove(result.participant());
      } else {
        unreachable.put(result.participant(), ErrorText.readable(result.failure()));
      }
    }
    return unreachable;
  }

  @Override
  public boolean scan() throws InterruptedException {
    Instant begun = clock.instant();
    // A scan that failed as a whole leaves the one before it in its place.
    Set<String> asked =
        recovery.scanNow().stream()
            .filter(result -> result.isScannedSince(begun))
            .map(ScanResult::participant)
            .collect(Collectors.toSet());
    return asked.containsAll(names());
  }

  private List<String> names() {
    return participants.all().stream().map(Participant::name).toList();
  }
}
