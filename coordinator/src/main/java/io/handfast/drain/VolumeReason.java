package io.handfast.drain;

import io.handfast.drain.OutstandingWork.InDoubt;
import io.handfast.drain.OutstandingWork.InHand;
import io.handfast.drain.OutstandingWork.OpenTransaction;
import io.handfast.log.RemoteBranch;
import io.handfast.node.Participants;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The sentence that says whether and why a node's volume may be deleted. */
final class VolumeReason {

  private final List<String> sentences = new ArrayList<>();

  private VolumeReason() {}

  static String ofNone() {
    return "This node takes work. POST /v1/drain stops that, for a node that leaves for good.";
  }

  /** What a node that is being drained waits for. */
  static String ofDraining(OutstandingWork outstanding) {
    VolumeReason reason = new VolumeReason();
    outstanding.unreachable().forEach(reason::unreachable);
    reason.inHand(outstanding.inHand());
    reason.inDoubt(outstanding.inDoubt());
    if (reason.sentences.isEmpty()) {
      reason.add(
          "Nothing is known to be left. A scan of every participant is to confirm it, once that has been so for handfast.recovery.interval.");
    }
    return String.join(" ", reason.sentences);
  }

  /**
   * What a drained node is sure of.
   *
   * @param embedded the participants that are in the data directory themselves
   */
  static String ofDrained(Instant scannedAt, List<String> embedded) {
    String found =
        "Nothing is in flight or in doubt, and a scan of every participant at %s has found nothing of this node."
            .formatted(scannedAt);
    return embedded.isEmpty()
        ? found
            + " Stop it, then delete its volume; clients can ask no more what became of their transactions."
        : found
            + " But the volume also holds the embedded %s, content included."
                .formatted(String.join(" and ", embedded));
  }

  private void unreachable(String participant, String cause) {
    add(
        "%s cannot be asked, and may hold branches of this node: %s."
            .formatted(participant, cause));
  }

  private void inHand(InHand inHand) {
    inHand
        .units()
        .forEach(
            (delivery, units) -> add("In hand of delivery '%s': %d.".formatted(delivery, units)));
    inHand
        .comparisons()
        .forEach(id -> add("The comparison '%s' removes its queues and tables.".formatted(id)));
    if (!inHand.transactions().isEmpty()) {
      String end =
          inHand.transactions().stream()
              .map(OpenTransaction::expires)
              .filter(Objects::nonNull)
              .max(Instant::compareTo)
              .map(last -> ", which end by %s unless they are extended".formatted(last))
              .orElse("");
      add("Open transactions of clients: %d%s.".formatted(inHand.transactions().size(), end));
    }
  }

  private void inDoubt(InDoubt inDoubt) {
    if (!inDoubt.decisions().isEmpty()) {
      Set<String> awaited = new TreeSet<>();
      inDoubt.decisions().values().forEach(awaited::addAll);
      awaited.removeIf(name -> RemoteBranch.isRemote(name) || name.equals(Participants.OUTCOME));
      add(
          "Decisions not confirmed by %s: %d."
              .formatted(
                  awaited.isEmpty() ? "all" : String.join(" and ", awaited),
                  inDoubt.decisions().size()));
    }
    if (!inDoubt.branches().isEmpty()) {
      add(
          "Branches still prepared: %d; GET /v1/recovery says what ends them."
              .formatted(inDoubt.branches().size()));
    }
    if (!inDoubt.services().isEmpty()) {
      String names =
          inDoubt.services().stream()
              .map(RemoteBranch::name)
              .distinct()
              .sorted()
              .collect(Collectors.joining(" and "));
      add("Services not told an outcome: %s.".formatted(names));
    }
    if (!inDoubt.heuristics().isEmpty()) {
      add(
          "Heuristic outcomes that an operator is to compare and forget: %d."
              .formatted(inDoubt.heuristics().size()));
    }
    if (!inDoubt.isLogCertain()) {
      add("The decision log cannot be written: look at the disk of handfast.data-directory.");
    }
  }

  private void add(String sentence) {
    sentences.add(sentence);
  }
}
