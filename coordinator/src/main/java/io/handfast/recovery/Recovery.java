package io.handfast.recovery;

import io.handfast.log.ClientLog;
import io.handfast.log.DecisionLog;
import io.handfast.node.NodeIdentity;
import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.resolution.Act;
import io.handfast.resolution.RefusedException;
import io.handfast.resolution.Resolutions;
import io.handfast.resolution.Resolver;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.Causes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs sweeps: one before any consumer, then periodically, and soon after something went wrong.
 *
 * <p>A participant that was scanned once in this process was asked for all that an earlier one had
 * left there, and what could be resolved was; {@link #awaitScanned} is the gate. It closes again
 * where the node's name is not held any more. Thread-safe.
 */
@Singleton
public class Recovery {

  private static final Logger LOG = Logger.getLogger(Recovery.class);

  /** The node with its log, and what people have added to it. */
  public record Node(
      NodeIdentity identity, DecisionLog log, ClientLog clients, Resolutions resolutions) {}

  private final RecoveryConfig config;
  private final NodeFences fences;
  private final ActiveTransactions active;
  private final Clock clock;
  private final Object monitor = new Object();
  private final Set<String> scanned = ConcurrentHashMap.newKeySet();
  private final Set<String> unreachable = ConcurrentHashMap.newKeySet();
  private volatile boolean firstPassDone;
  private boolean scanWanted;
  private long scansBegun;
  private long scansEnded;
  private volatile List<Swept> lastScan = List.of();
  private boolean stopped;
  private volatile @Nullable Node node;
  private volatile Runnable reached = () -> {};
  private volatile RecoveryWatch watch = RecoveryWatch.NONE;
  private volatile @Nullable Thread thread;

  public Recovery(
      RecoveryConfig config, NodeFences fences, ActiveTransactions active, Clock clock) {
    this.clock = clock;
    this.config = config;
    this.fences = fences;
    this.active = active;
  }

  /** Says whom to tell after a scan that reached a participant for the first time, or again. */
  public void whenReached(Runnable listener) {
    reached = listener;
  }

  /** Says whom to tell of branches that were ended. Called before the start. */
  public void whenRecovered(RecoveryWatch listener) {
    watch = listener;
  }

  /** Starts sweeping in the background, the first pass at once. */
  public void start(Node node) {
    this.node = node;
    RecoverySweep sweep =
        new RecoverySweep(
            node.identity(),
            node.log(),
            active,
            node.resolutions(),
            config.abandonedLogs().orElse(Set.of()),
            clock);
    sweep.whenRecovered(watch);
    Thread background = new Thread(() -> run(sweep), "recovery");
    background.setDaemon(true);
    thread = background;
    background.start();
  }

  private void run(RecoverySweep sweep) {
    while (awaitTurn()) {
      try {
        note(sweepInTurn(sweep));
      } catch (RuntimeException | Error e) { // whatever it is, recovery must not end with it
        LOG.error("recovery scan failed: the next one tries again", e);
        endScan();
      }
    }
  }

  private List<Swept> sweepInTurn(RecoverySweep sweep) {
    Lock turn = node().resolutions().turn();
    turn.lock();
    try {
      return sweep.run(fences.participants());
    } finally {
      turn.unlock();
    }
  }

  private boolean awaitTurn() {
    synchronized (monitor) {
      boolean isToAskAgain = lastScan.stream().anyMatch(Swept::isToBeAskedAgain);
      Duration pause = isToAskAgain ? config.retryInterval() : config.interval();
      long deadline = System.nanoTime() + pause.toNanos();
      while (firstPassDone && !scanWanted && !stopped) {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
          break;
        }
        try {
          monitor.wait(millis);
        } catch (InterruptedException e) {
          stopped = true;
        }
      }
      scanWanted = false;
      scansBegun++;
      return !stopped;
    }
  }

  private void note(List<Swept> results) {
    boolean isNewlyReached = false;
    for (Swept swept : results) {
      if (swept.isScanned()) {
        isNewlyReached |= scanned.add(swept.participant());
        if (unreachable.remove(swept.participant())) {
          isNewlyReached = true;
          LOG.infof("participant back participant=%s", swept.participant());
        }
      } else {
        noteAway(swept);
      }
      if (swept.committed() + swept.rolledBack() > 0) {
        LOG.infof(
            "recovered participant=%s committed=%d rolledBack=%d left=%d",
            swept.participant(), swept.committed(), swept.rolledBack(), swept.remaining());
      }
    }
    synchronized (monitor) {
      lastScan = List.copyOf(results);
      firstPassDone = true;
    }
    endScan();
    if (isNewlyReached) {
      reached.run();
    }
  }

  private void noteAway(Swept swept) {
    closeUnlessHeld(swept.participant());
    if (unreachable.add(swept.participant())) {
      LOG.warnf(
          "participant away participant=%s: %s; asking again until it is back",
          swept.participant(), Causes.readable(swept.failure()));
    }
  }

  private void endScan() {
    synchronized (monitor) {
      scansEnded = scansBegun;
      monitor.notifyAll();
    }
  }

  /** What the last scan found, participant by participant. */
  public List<Swept> lastScan() {
    return lastScan;
  }

  /** Every transaction that is not over at every participant, oldest first. */
  public List<InDoubtTransaction> inDoubt() {
    Node known = node();
    return new Join(
            known.identity(),
            known.log().content(),
            known.clients().joined(),
            lastScan,
            known.resolutions(),
            clock.instant())
        .transactions(active);
  }

  /** Carries out what a person has decided about a branch, and looks what has come of it. */
  public Act resolve(Resolver.Order order) throws RefusedException, InterruptedException {
    Node known = node();
    Act act =
        new Resolver(
                known.identity(),
                known.log(),
                active,
                fences::participants,
                known.resolutions(),
                clock)
            .carryOut(order);
    scanNow();
    return act;
  }

  /** Whose recovery this is. */
  public Node node() {
    Node known = node;
    if (known == null) {
      throw new IllegalStateException("recovery has not started yet");
    }
    return known;
  }

  /** Scans now, and returns what a scan that began after this call has found. */
  public List<Swept> scanNow() throws InterruptedException {
    synchronized (monitor) {
      long wanted = scansBegun + 1;
      scanWanted = true;
      monitor.notifyAll();
      while (scansEnded < wanted && !stopped) {
        monitor.wait();
      }
      return lastScan;
    }
  }

  /** Asks for a scan soon, after a branch may have been left behind. */
  public void scanSoon() {
    synchronized (monitor) {
      scanWanted = true;
      monitor.notifyAll();
    }
  }

  /** Whether a first pass is over: every participant that could be reached was scanned. */
  public boolean isFirstPassDone() {
    return firstPassDone;
  }

  /** Waits until a first pass is over; false where recovery stopped before. */
  public boolean awaitFirstPass() throws InterruptedException {
    synchronized (monitor) {
      while (!firstPassDone && !stopped) {
        monitor.wait();
      }
      return firstPassDone;
    }
  }

  /**
   * Whether each of these participants was scanned since the start of this process, and the node's
   * name not found to be lost there since. Asks nobody.
   */
  public boolean isScanned(Collection<String> participants) {
    return scanned.containsAll(participants);
  }

  /** The participants that could not be scanned the last time. */
  public Set<String> unreachable() {
    return Set.copyOf(unreachable);
  }

  /**
   * Waits until participants were scanned.
   *
   * @return false where they were not within the time given
   */
  public boolean awaitScanned(Collection<String> participants, Duration patience)
      throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    synchronized (monitor) {
      while (!isScanned(participants)) {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0 || stopped) {
          return false;
        }
        monitor.wait(millis);
      }
      return true;
    }
  }

  /**
   * Asks participants whether the node's name is still held, for whoever has just opened sessions
   * on them or is about to prepare branches. Where it is not, the gate closes until the next scan.
   *
   * @throws ParticipantUnavailableException nothing may be begun there now
   */
  public void requireHeld(Collection<String> participants) throws ParticipantUnavailableException {
    try {
      fences.requireHeld(participants);
    } catch (ParticipantUnavailableException e) {
      participants.forEach(this::closeUnlessHeld);
      scanSoon();
      throw e;
    }
  }

  private void closeUnlessHeld(String participant) {
    try {
      fences.requireHeld(List.of(participant));
    } catch (ParticipantUnavailableException e) {
      scanned.remove(participant);
    }
  }

  /** The participants that keep the node's name for another coordinator. */
  public List<String> nameTaken() {
    return fences.taken();
  }

  /** Stops sweeping; a sweep under way is waited for, briefly. */
  public void stop() {
    synchronized (monitor) {
      stopped = true;
      monitor.notifyAll();
    }
    Thread background = thread;
    if (background != null) {
      try {
        background.join(2_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
