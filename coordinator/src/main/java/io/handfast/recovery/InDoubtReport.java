package io.handfast.recovery;

import io.handfast.log.LoggedDecision;
import io.handfast.log.RemoteBranch;
import io.handfast.node.NodeIdentity;
import io.handfast.node.Participants;
import io.handfast.recovery.InDoubtBranch.Decision;
import io.handfast.recovery.InDoubtBranch.SafeAction;
import io.handfast.recovery.InDoubtTransaction.Part;
import io.handfast.recovery.InDoubtTransaction.State;
import io.handfast.resolution.Heuristic;
import io.handfast.resolution.Resolutions;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.TransactionId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Joins, by transaction, what the decision log, the participants and the operators' acts say. */
final class InDoubtReport {

  /** What only time or a change of the configuration can put right. */
  private static final Set<State> WAITING =
      Set.of(State.AWAY, State.NOT_CONFIGURED, State.UNPROVEN);

  private final NodeIdentity identity;
  private final Resolutions resolutions;
  private final Instant now;
  private final Map<String, ScanResult> scans = new HashMap<>();
  private final Map<TransactionId, LoggedDecision> decisions = new HashMap<>();
  private final Map<TransactionId, List<InDoubtBranch>> branches;
  private final Map<TransactionId, List<Heuristic>> heuristics;
  private final Map<TransactionId, List<RemoteBranch>> services;

  InDoubtReport(
      NodeIdentity identity,
      Collection<LoggedDecision> decisions,
      Collection<RemoteBranch> services,
      List<ScanResult> lastScan,
      Resolutions resolutions,
      Instant now) {
    this.identity = identity;
    this.now = now;
    this.resolutions = resolutions;
    lastScan.forEach(result -> scans.put(result.participant(), result));
    decisions.forEach(decision -> this.decisions.put(decision.id(), decision));
    branches =
        lastScan.stream()
            .flatMap(result -> result.leftByNobody().stream())
            .filter(branch -> isOurs(branch.transaction()) || branch.isUnknownToMarker())
            .collect(Collectors.groupingBy(InDoubtBranch::transaction));
    this.services = services.stream().collect(Collectors.groupingBy(RemoteBranch::transaction));
    heuristics =
        resolutions.heuristics().stream()
            .collect(Collectors.groupingBy(known -> known.branch().transaction()));
  }

  private boolean isOurs(@Nullable TransactionId id) {
    return id != null && identity.isOfThisNode(id);
  }

  /** All that is not over, oldest first. */
  List<InDoubtTransaction> transactions(ActiveTransactions active) {
    return Stream.of(branches.keySet(), decisions.keySet(), heuristics.keySet(), services.keySet())
        .flatMap(Set::stream)
        .distinct()
        .filter(id -> !active.contains(id))
        .map(this::transaction)
        .sorted(Comparator.comparing(InDoubtTransaction::since))
        .toList();
  }

  private InDoubtTransaction transaction(TransactionId id) {
    List<Part> parts = participantsOf(id).stream().map(name -> part(id, name)).toList();
    Decision decision = decisionOn(id, parts);
    return new InDoubtTransaction(
        id, decision, since(id), parts, safeAction(parts), next(id, decision, parts));
  }

  private Set<String> participantsOf(TransactionId id) {
    Set<String> names = new TreeSet<>();
    if (decisions.containsKey(id)) {
      names.addAll(decisions.get(id).participants().keySet());
    }
    branches.getOrDefault(id, List.of()).forEach(branch -> names.add(branch.participant()));
    heuristics
        .getOrDefault(id, List.of())
        .forEach(known -> names.add(known.branch().participant()));
    services.getOrDefault(id, List.of()).forEach(service -> names.add(service.participant()));
    if (!decisions.containsKey(id)
        && marked(id).isEmpty()) { // who else took part is not known: all are shown
      names.addAll(scans.keySet());
    }
    names.remove(Participants.OUTCOME);
    return names;
  }

  /** The branch that a marker decides; empty where a log decides the transaction. */
  private Optional<InDoubtBranch> marked(TransactionId id) {
    return branches.getOrDefault(id, List.of()).stream()
        .filter(branch -> branch.marker() != null)
        .findFirst();
  }

  private Part part(TransactionId id, String participant) {
    Heuristic heuristic =
        heuristics.getOrDefault(id, List.of()).stream()
            .filter(known -> known.branch().participant().equals(participant))
            .findFirst()
            .orElse(null);
    InDoubtBranch branch =
        branches.getOrDefault(id, List.of()).stream()
            .filter(known -> known.participant().equals(participant))
            .findFirst()
            .orElse(null);
    RemoteBranch service =
        services.getOrDefault(id, List.of()).stream()
            .filter(known -> known.participant().equals(participant))
            .findFirst()
            .orElse(null);
    State state = state(id, participant, branch, heuristic);
    return new Part(
        participant, service == null ? state : State.PREPARED, branch, heuristic, service);
  }

  private State state(
      TransactionId id,
      String participant,
      @Nullable InDoubtBranch branch,
      @Nullable Heuristic heuristic) {
    if (heuristic != null) {
      return State.HEURISTIC;
    }
    if (branch != null) {
      return State.PREPARED;
    }
    if (resolutions.givenUp(id).contains(participant)) {
      return State.GIVEN_UP;
    }
    if (RemoteBranch.isRemote(participant)) {
      return State.DONE;
    }
    ScanResult result = scans.get(participant);
    if (result == null) {
      return State.NOT_CONFIGURED;
    }
    if (!result.isScanned()) {
      return State.AWAY;
    }
    if (!decisions.containsKey(id)) {
      return State.NOTHING;
    }
    return result.isProofFor(decisions.get(id)) ? State.DONE : State.UNPROVEN;
  }

  private Decision decisionOn(TransactionId id, List<Part> parts) {
    if (decisions.containsKey(id)) {
      return Decision.COMMIT;
    }
    return parts.stream()
        .map(Part::branch)
        .filter(branch -> branch != null)
        .map(InDoubtBranch::decision)
        .findFirst()
        .orElse(services.containsKey(id) ? Decision.ROLLBACK : Decision.UNKNOWN);
  }

  private Instant since(TransactionId id) {
    List<Instant> known = new ArrayList<>();
    if (decisions.containsKey(id)) {
      known.add(decisions.get(id).decidedAt());
    }
    branches.getOrDefault(id, List.of()).forEach(branch -> known.add(branch.since()));
    heuristics.getOrDefault(id, List.of()).forEach(heuristic -> known.add(heuristic.at()));
    return known.stream().min(Comparator.naturalOrder()).orElse(now);
  }

  private static SafeAction safeAction(List<Part> parts) {
    Set<SafeAction> actions = new LinkedHashSet<>();
    for (Part part : parts) {
      if (WAITING.contains(part.state())) {
        actions.add(SafeAction.WAIT);
      } else if (part.branch() != null) {
        actions.add(part.branch().safeAction());
      } else if (part.service() != null) {
        actions.add(SafeAction.WAIT);
      }
    }
    return Stream.of(SafeAction.COMMIT, SafeAction.ROLLBACK, SafeAction.WAIT)
        .filter(actions::contains)
        .findFirst()
        .orElse(SafeAction.NONE);
  }

  private String next(TransactionId id, Decision decision, List<Part> parts) {
    if (!named(parts, State.HEURISTIC).isEmpty()) {
      return "Ended otherwise than decided at %s: compare the rows and messages, correct them manually, then forget the branch."
          .formatted(named(parts, State.HEURISTIC));
    }
    Optional<InDoubtBranch> marked = marked(id);
    if (marked.isPresent()) {
      return marked.get().isUnknownToMarker()
          ? "Its marker cannot tell whether it is committed: %s. It is asked again with each scan. If it never will: compare the rows of its messages, then commit the branch by force where they are there, else roll it back by force."
              .formatted(marked.get().marker())
          : "Nothing to do: recovery goes on asking %s until it confirms."
              .formatted(named(parts, State.PREPARED));
    }
    if (!identity.isInThisLog(id)) {
      return "Its log %s is not here, so the decision is not known: bring that data directory back, or resolve every branch manually in the same way."
          .formatted(id.logAndIncarnation());
    }
    if (!named(parts, State.NOT_CONFIGURED).isEmpty()) {
      return "Decided to commit; %s is not in the configuration: add it again, or forget its branch by force if it is gone for good."
          .formatted(named(parts, State.NOT_CONFIGURED));
    }
    if (!named(parts, State.UNPROVEN).isEmpty()) {
      return "Decided to commit; %s. If %s will never be reached again as it was, forget its branch by force."
          .formatted(doubts(id, parts), named(parts, State.UNPROVEN));
    }
    if (!named(parts, State.AWAY).isEmpty()) {
      return "Nothing to do: recovery ends it as soon as %s can be reached."
          .formatted(named(parts, State.AWAY));
    }
    return decision == Decision.UNKNOWN
        ? "The log cannot say yet whether it was decided: look at the disk of handfast.data-directory."
        : "Nothing to do: recovery goes on asking %s until it confirms."
            .formatted(named(parts, State.PREPARED));
  }

  private String doubts(TransactionId id, List<Part> parts) {
    return parts.stream()
        .filter(part -> part.state() == State.UNPROVEN)
        .map(part -> scans.get(part.participant()).doubt(decisions.get(id)))
        .collect(Collectors.joining("; "));
  }

  private static String named(List<Part> parts, State state) {
    return parts.stream()
        .filter(part -> part.state() == state)
        .map(part -> part.service() == null ? part.participant() : part.service().name())
        .collect(Collectors.joining(" and "));
  }
}
