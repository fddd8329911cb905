package io.handfast.recovery;

import io.handfast.commit.Markers;
import io.handfast.concurrent.Deadline;
import io.handfast.concurrent.Monitor;
import io.handfast.concurrent.Threads;
import io.handfast.event.Event.ParticipantReached;
import io.handfast.event.Events;
import io.handfast.log.ClientLog;
import io.handfast.log.DecisionLog;
import io.handfast.node.NodeIdentity;
import io.handfast.node.OutOfMemory;
import io.handfast.participant.ParticipantRefusedException;
import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.participant.XaFailures;
import io.handfast.resolution.Branch;
import io.handfast.resolution.BranchAction;
import io.handfast.resolution.Heuristic;
import io.handfast.resolution.OperatorAct;
import io.handfast.resolution.Resolutions;
import io.handfast.resolution.Resolver;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.ErrorText;
import io.handfast.transaction.RefusedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.stream.Collectors;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;
import org.jboss.logging.Logger;

/**
 * Runs scans: one before any consumer, then periodically, and soon after something went wrong.
 *
 * <p>{@link #awaitScanned} is the gate before every consumer ({@link ScanGate}). Thread-safe.
 */
public class Recovery {

  private static final Logger LOG = Logger.getLogger(Recovery.class);

  /** The node with its log, what operators have added to it, and the markers of its databases. */
  public record Node(
      NodeIdentity identity,
      DecisionLog log,
      ClientLog clients,
      Resolutions resolutions,
      Markers markers) {}

  /**
   * Why a participant cannot be asked.
   *
   * @param isRefused whether it answers and does not let this node in, which an operator must mend
   */
  public record Trouble(Instant since, String cause, boolean isRefused) {}

  private final RecoveryConfig config;
  private final NodeFences fences;
  private final ScanGate gate;
  private final ActiveTransactions active;
  private final Events events;
  private final Clock clock;
  private final Monitor monitor = new Monitor();
  private final Map<String, Trouble> away = new ConcurrentHashMap<>();
  private volatile boolean firstScanDone;
  private boolean scanWanted;
  private long scansBegun;
  private long scansEnded;
  private volatile List<ScanResult> lastScan = List.of();
  private boolean stopped;
  private final Node node;
  private final Thread thread;

  /** Starts scanning in the background, the first scan at once. */
  public Recovery(
      RecoveryConfig config,
      NodeFences fences,
      Node node,
      ActiveTransactions active,
      Events events,
      Clock clock) {
    this.events = events;
    this.clock = clock;
    this.config = config;
    this.fences = fences;
    this.node = node;
    this.gate = new ScanGate(fences);
    this.active = active;
    RecoveryScan scan = new RecoveryScan(node, active, config, events, clock);
    this.thread = Threads.named("recovery").newThread(() -> run(scan));
    thread.start();
  }

  private void run(RecoveryScan scan) {
    while (awaitTurn()) {
      try {
        note(scanInTurn(scan));
      } catch (RuntimeException | Error e) { // whatever it is, recovery must not end with it
        OutOfMemory.endProcessIfCauseOf(e);
        LOG.error("recovery scan failed: the next one tries again", e);
        endScan();
      }
    }
  }

  private List<ScanResult> scanInTurn(RecoveryScan scan) {
    Lock turn = node.resolutions().turn();
    turn.lock();
    try {
      return scan.run(fences.participants());
    } finally {
      turn.unlock();
    }
  }

  private boolean awaitTurn() {
    try (Monitor held = monitor.enter()) {
      boolean isToAskAgain =
          !firstScanDone || lastScan.stream().anyMatch(ScanResult::isToBeAskedAgain);
      Duration pause = isToAskAgain ? config.retryInterval() : config.interval();
      try { // the first one at once
        monitor.await(Deadline.after(pause), () -> scansBegun == 0 || scanWanted || stopped);
      } catch (InterruptedException e) {
        stopped = true;
      }
      scanWanted = false;
      scansBegun++;
      return !stopped;
    }
  }

  private void note(List<ScanResult> results) {
    lastScan = List.copyOf(results); // before the gate opens
    Set<String> reached = new LinkedHashSet<>();
    for (ScanResult result : results) {
      if (result.isScanned()) {
        if (gate.open(result.participant())) {
          reached.add(result.participant());
        }
        if (away.remove(result.participant()) != null) {
          reached.add(result.participant());
          LOG.infof("participant back participant=%s", result.participant());
        }
      } else {
        noteAway(result);
      }
      if (result.committed() + result.rolledBack() > 0) {
        LOG.infof(
            "recovered participant=%s committed=%d rolledBack=%d left=%d",
            result.participant(), result.committed(), result.rolledBack(), result.remaining());
      }
    }
    firstScanDone = true;
    endScan();
    reached.forEach(participant -> events.publish(new ParticipantReached(participant)));
  }

  private void noteAway(ScanResult result) {
    gate.closeUnlessHeld(result.participant());
    Throwable failure = Objects.requireNonNull(result.failure());
    boolean isRefused = failure instanceof ParticipantRefusedException;
    String cause = ErrorText.readable(failure);
    Trouble before = away.get(result.participant());
    boolean isNew = before == null || before.isRefused() != isRefused;
    away.put(
        result.participant(),
        new Trouble(
            isNew ? clock.instant() : before.since(),
            result.participant()
                + (isRefused ? " refuses this node: " : " is unreachable: ")
                + cause,
            isRefused));
    if (isNew && isRefused) {
      LOG.errorf(
          "participant refused participant=%s: %s; correct its user, password or URL, or the rights there; asking again until it lets this node in",
          result.participant(), cause);
    } else if (isNew) {
      LOG.warnf(
          "participant away participant=%s: %s; asking again until it is back",
          result.participant(), cause);
    }
  }

  private void endScan() {
    try (Monitor held = monitor.enter()) {
      scansEnded = scansBegun;
      monitor.changed();
    }
  }

  /** What the last scan found, participant by participant. */
  public List<ScanResult> lastScan() {
    return lastScan;
  }

  /** Every transaction that is not over at every participant, oldest first. */
  public List<InDoubtTransaction> inDoubt() {
    return new InDoubtReport(
            node.identity(),
            node.log().content(),
            node.clients().joined(),
            lastScan,
            node.resolutions(),
            clock.instant())
        .transactions(active);
  }

  /** Carries out what an operator has decided about a branch, and looks what has come of it. */
  public OperatorAct resolve(Resolver.Order order) throws RefusedException, InterruptedException {
    OperatorAct act =
        new Resolver(
                new Resolver.Decisions(node.identity(), node.log(), node.markers()),
                active,
                fences::participants,
                node.resolutions(),
                clock)
            .carryOut(order);
    scanNow();
    return act;
  }

  /** Whose recovery this is. */
  public Node node() {
    return node;
  }

  /**
   * Scans now, and returns what a scan that began after this call has found; or what the last one
   * did, where that scan failed as a whole or recovery was stopped.
   */
  public List<ScanResult> scanNow() throws InterruptedException {
    try (Monitor held = monitor.enter()) {
      long wanted = scansBegun + 1;
      scanWanted = true;
      monitor.changed();
      held.await(() -> scansEnded >= wanted || stopped);
      return lastScan;
    }
  }

  /** Asks for a scan soon, after a branch may have been left behind. */
  public void scanSoon() {
    try (Monitor held = monitor.enter()) {
      scanWanted = true;
      monitor.changed();
    }
  }

  /** Whether a first scan is over: every participant that could be reached was scanned. */
  public boolean isFirstScanDone() {
    return firstScanDone;
  }

  /** Waits until a first scan is over; false where recovery stopped before. */
  public boolean awaitFirstScan() throws InterruptedException {
    try (Monitor held = monitor.enter()) {
      held.await(() -> firstScanDone || stopped);
      return firstScanDone;
    }
  }

  /**
   * Whether each of these participants was scanned since the start of this process, and the node's
   * name not found to be lost there since. Asks no participant.
   */
  public boolean isScanned(Collection<String> participants) {
    return gate.isOpen(participants);
  }

  /** The participants that did not answer the last scan. */
  public Set<String> unreachable() {
    return away(false);
  }

  /** The participants that answered the last scan, and did not let this node in. */
  public Set<String> refused() {
    return away(true);
  }

  private Set<String> away(boolean isRefused) {
    return away.entrySet().stream()
        .filter(one -> one.getValue().isRefused() == isRefused)
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether the last scan could ask a participant. */
  public boolean isReached(String participant) {
    return firstScanDone && !away.containsKey(participant);
  }

  /** Why the first of these participants that cannot be asked cannot be. */
  public Optional<Trouble> trouble(Collection<String> participants) {
    return participants.stream().map(away::get).filter(Objects::nonNull).findFirst();
  }

  /**
   * Waits until participants were scanned.
   *
   * @return false where they were not within the time given
   */
  public boolean awaitScanned(Collection<String> participants, Duration patience)
      throws InterruptedException {
    return gate.await(participants, patience);
  }

  /**
   * Asks participants whether the node's name is still held, for a caller that has just opened
   * sessions on them or is about to prepare branches. Where it is not, the gate closes until the
   * next scan.
   *
   * @throws ParticipantUnavailableException nothing may be begun there now
   */
  public void requireHeld(Collection<String> participants) throws ParticipantUnavailableException {
    try {
      fences.requireHeld(participants);
    } catch (ParticipantUnavailableException e) {
      participants.forEach(gate::closeUnlessHeld);
      scanSoon();
      throw e;
    }
  }

  /**
   * Records for a person that the broker does not know a branch which was decided to be committed:
   * its answer to an earlier commit may have been lost, or the branch.
   */
  public void reportMissing(Xid branch, XAException answer) {
    Branch known = Branch.of(branch).orElseThrow();
    Heuristic heuristic =
        new Heuristic(
            known,
            BranchAction.COMMIT,
            Heuristic.Outcome.HAZARD,
            "%s has answered %s to the commit"
                .formatted(known.participant(), XaFailures.code(answer)),
            clock.instant());
    if (node.resolutions().keep(heuristic)) {
      LOG.errorf(
          "heuristic outcome gtrid=%s participant=%s decision=commit outcome=hazard: it does not know the branch, and no node has ended it; see whether the messages of this transaction came again, and remove the rows that they have doubled, then POST /v1/recovery/in-doubt/%s/forget",
          known.transaction(), known.participant(), known.xid());
    }
  }

  /** The participants that keep the node's name for another coordinator. */
  List<String> nameTaken() {
    return fences.taken();
  }

  /** Stops scanning; a scan under way is waited for, briefly. */
  public void stop() {
    try (Monitor held = monitor.enter()) {
      stopped = true;
      monitor.changed();
    }
    gate.stop();
    try {
      Threads.join(thread, Duration.ofSeconds(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
