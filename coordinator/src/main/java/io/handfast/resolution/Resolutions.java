package io.handfast.resolution;

import io.handfast.concurrent.Scheduling;
import io.handfast.transaction.TransactionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;

/**
 * Heuristic outcomes and the acts of operators, kept in a file until they are forgotten.
 *
 * <p>Each is forced to disk before anything is done because of it. Thread-safe.
 */
public final class Resolutions implements AutoCloseable {

  private final ResolutionFile file;
  private final Map<String, Heuristic> heuristics = new LinkedHashMap<>();
  private final Map<TransactionId, Set<String>> givenUp = new HashMap<>();
  private final List<OperatorAct> acts = new ArrayList<>();
  private final Lock turn = Scheduling.newLock();

  /**
   * Opens the file, creating it where there is none.
   *
   * @throws UncheckedIOException it cannot be read or written
   */
  public static Resolutions open(Path path) {
    try {
      return new Resolutions(path);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the file of resolved branches cannot be used: %s (%s)".formatted(path, e), e);
    }
  }

  private Resolutions(Path path) throws IOException {
    this.file = ResolutionFile.open(path);
    file.read().forEach(this::apply);
  }

  /** Held while branches are being resolved, by a scan or by an operator: one of them at a time. */
  public Lock turn() {
    return turn;
  }

  private synchronized void apply(ResolutionEntry entry) {
    if (entry instanceof Heuristic heuristic) {
      heuristics.putIfAbsent(heuristic.branch().xid(), heuristic);
    } else if (entry instanceof OperatorAct act) {
      apply(act);
    }
  }

  private void apply(OperatorAct act) {
    acts.removeIf(known -> known.at().equals(act.at()) && known.branch().equals(act.branch()));
    acts.add(act);
    TransactionId id = act.branch().transaction();
    if (!act.mayHaveHappened()) {
      heuristics.values().removeIf(known -> known.equals(Heuristic.of(act)));
    } else if (act.action() != BranchAction.FORGET) {
      if (act.isHeuristic()) {
        heuristics.putIfAbsent(act.branch().xid(), Heuristic.of(act));
      }
    } else if (heuristics.remove(act.branch().xid()) == null) {
      givenUp
          .computeIfAbsent(id, key -> ConcurrentHashMap.newKeySet())
          .add(act.branch().participant());
    }
  }

  /** Keeps a heuristic outcome, unless that of this branch is known already. */
  public synchronized boolean keep(Heuristic heuristic) {
    if (heuristics.containsKey(heuristic.branch().xid())) {
      return false;
    }
    write(heuristic);
    apply(heuristic);
    return true;
  }

  synchronized void keep(OperatorAct act) {
    write(act);
    apply(act);
  }

  private void write(ResolutionEntry entry) {
    try {
      file.append(entry);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "what was about to be done could not be recorded, and was not done: " + e, e);
    }
  }

  /** The heuristic outcomes that were not forgotten yet, oldest first. */
  public synchronized Collection<Heuristic> heuristics() {
    return List.copyOf(heuristics.values());
  }

  /** The heuristic outcome of a branch. */
  public synchronized Optional<Heuristic> heuristic(String xid) {
    return Optional.ofNullable(heuristics.get(xid));
  }

  /** What operators have done, oldest first. */
  public synchronized List<OperatorAct> acts() {
    return List.copyOf(acts);
  }

  /** What an operator has last done with any branch of a transaction. */
  public synchronized Optional<BranchAction> decidedByPerson(TransactionId id) {
    return acts.stream()
        .filter(act -> act.branch().transaction().equals(id))
        .filter(act -> act.action() != BranchAction.FORGET && act.mayHaveHappened())
        .map(OperatorAct::action)
        .reduce((earlier, later) -> later);
  }

  /** The participants of a transaction that an operator says will never confirm. */
  public synchronized Set<String> givenUp(TransactionId id) {
    return Set.copyOf(givenUp.getOrDefault(id, Set.of()));
  }

  @Override
  public void close() {
    file.close();
  }
}
