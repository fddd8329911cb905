package io.handfast.log;

import io.handfast.log.LogRecord.Decided;
import io.handfast.log.LogRecord.Ended;
import io.handfast.log.LogRecord.Forgotten;
import io.handfast.log.LogRecord.Header;
import io.handfast.log.LogRecord.Joined;
import io.handfast.log.LogRecord.Left;
import io.handfast.log.LogRecord.Named;
import io.handfast.node.NodeIdentity;
import io.handfast.node.Participants;
import io.handfast.transaction.TransactionId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The state of a log: the sum of its records, replayed or just written.
 *
 * <p>Thread-safe, as far as each record goes by itself.
 */
final class LogState {

  private final Map<TransactionId, LoggedDecision> decisions = new ConcurrentHashMap<>();
  private final Map<TransactionId, LoggedDecision> outcomes = new ConcurrentHashMap<>();
  private final Map<String, Named> names = new ConcurrentHashMap<>();
  private final Map<TransactionId, Map<String, RemoteBranch>> joined = new ConcurrentHashMap<>();
  private final Map<Long, TransactionId> forgotten = new ConcurrentHashMap<>();

  /** Takes a record in; whether it has changed anything. */
  boolean apply(LogRecord record) {
    if (record instanceof Decided decided) {
      decisions.put(decided.decision().id(), decided.decision());
    } else if (record instanceof Ended ended) {
      return end(ended.id());
    } else if (record instanceof Named named) {
      names.put(named.name(), named);
    } else if (record instanceof Joined join) {
      RemoteBranch branch = join.branch();
      joined
          .computeIfAbsent(branch.transaction(), id -> new ConcurrentHashMap<>())
          .put(branch.participant(), branch);
    } else if (record instanceof Left left) {
      return leave(left);
    } else if (record instanceof Forgotten upTo) {
      forget(upTo.id());
    }
    return true;
  }

  private boolean end(TransactionId id) {
    LoggedDecision decision = decisions.get(id);
    if (decision == null) {
      return false;
    }
    if (decision.participants().containsKey(Participants.OUTCOME)) {
      outcomes.put(id, decision); // before it leaves the others: at no time is it nowhere
    }
    return decisions.remove(id) != null;
  }

  private boolean leave(Left left) {
    boolean[] was = new boolean[1];
    joined.computeIfPresent(
        left.id(),
        (id, branches) -> {
          was[0] = branches.remove(left.participant()) != null;
          return branches.isEmpty() ? null : branches;
        });
    return was[0];
  }

  private void forget(TransactionId id) {
    forgotten.merge(
        id.incarnation(), id, (known, more) -> known.number() < more.number() ? more : known);
  }

  /** The decisions that not every participant has confirmed. */
  Map<TransactionId, LoggedDecision> decisions() {
    return decisions;
  }

  /** The same with who has not confirmed each. */
  Map<TransactionId, Set<String>> unconfirmed() {
    Map<TransactionId, Set<String>> unconfirmed = new HashMap<>();
    decisions.forEach((id, decision) -> unconfirmed.put(id, awaited(decision)));
    return unconfirmed;
  }

  /** A service leaves when it has confirmed; all others are asked by recovery. */
  private Set<String> awaited(LoggedDecision decision) {
    Set<String> awaited = new HashSet<>(decision.participants().keySet());
    awaited.removeIf(RemoteBranch::isRemote);
    joined(decision.id()).forEach(branch -> awaited.add(branch.participant()));
    return awaited;
  }

  /** Whether a participant has not confirmed yet that it knows the outcome. */
  boolean awaits(TransactionId id, String participant) {
    LoggedDecision decision = decisions.get(id);
    return decision != null && awaited(decision).contains(participant)
        || joined(id).stream().anyMatch(branch -> branch.participant().equals(participant));
  }

  /** Whether a decision to commit is known, confirmed or not. */
  boolean isDecided(TransactionId id) {
    return decisions.containsKey(id) || outcomes.containsKey(id);
  }

  /** Whether a decision of a client's transaction was there and may have been dropped. */
  boolean mayBeForgotten(TransactionId id) {
    TransactionId upTo = forgotten.get(id.incarnation());
    return upTo != null && id.number() <= upTo.number();
  }

  Optional<TransactionId> named(String name) {
    return Optional.ofNullable(names.get(name)).map(Named::id);
  }

  Collection<RemoteBranch> joined() {
    return joined.values().stream().flatMap(branches -> branches.values().stream()).toList();
  }

  Collection<RemoteBranch> joined(TransactionId id) {
    return List.copyOf(joined.getOrDefault(id, Map.of()).values());
  }

  /** Drops what was kept for clients for long enough, and what is more than enough. */
  void expire(Instant now, Retention retention) {
    Instant oldest = now.minus(retention.outcomes());
    outcomes.values().stream()
        .filter(outcome -> outcome.decidedAt().isBefore(oldest))
        .toList()
        .forEach(this::dropOutcome);
    Stream<LoggedDecision> byAge =
        outcomes.values().stream().sorted(Comparator.comparing(LoggedDecision::decidedAt));
    if (outcomes.size() > retention.most()) {
      byAge.limit(outcomes.size() - retention.most()).toList().forEach(this::dropOutcome);
    }
    Instant oldestName = now.minus(retention.names());
    names.values().removeIf(name -> name.at().isBefore(oldestName));
  }

  private void dropOutcome(LoggedDecision outcome) {
    forget(outcome.id()); // before it is gone: "rolled back" must never be said of it
    outcomes.remove(outcome.id());
  }

  /** The records that a generation begins with: the fewest that add up to this state. */
  List<LogRecord> records(NodeIdentity identity) {
    List<LogRecord> records = new ArrayList<>();
    outcomes
        .values()
        .forEach(
            outcome -> {
              records.add(new Decided(outcome));
              records.add(new Ended(outcome.id()));
            });
    decisions.values().forEach(decision -> records.add(new Decided(decision)));
    records.addAll(names.values());
    joined().forEach(branch -> records.add(new Joined(branch)));
    forgotten.values().forEach(id -> records.add(new Forgotten(id)));
    records.add(0, new Header(identity, records.size()));
    return records;
  }
}
