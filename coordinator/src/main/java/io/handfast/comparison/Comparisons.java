package io.handfast.comparison;

import com.sun.management.OperatingSystemMXBean;
import io.handfast.comparison.Comparison.Status;
import io.handfast.concurrent.Threads;
import io.handfast.delivery.Deliveries;
import io.handfast.message.Broker;
import io.handfast.node.Participants;
import io.handfast.queue.Queues;
import io.handfast.recovery.Recovery;
import io.handfast.transaction.RefusedException;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * All comparisons of this node: at most one that runs, and the newest of those that are over.
 *
 * <p>Thread-safe.
 */
public class Comparisons {

  private static final Logger LOG = Logger.getLogger(Comparisons.class);

  private static final int KEPT = 50;
  private static final int BASE = 36;

  /** How long a call waits until a comparison that it has cancelled has removed everything. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The comparison that runs, or ran last in this process. */
  private record Current(String id, Cancellation cancellation, Thread thread) {}

  private final Deliveries deliveries;
  private final Queues queues;
  private final Participants participants;
  private final Recovery recovery;
  private final Clock clock;
  private final ComparisonStore store;
  private final Map<String, Comparison> comparisons = new ConcurrentHashMap<>();
  private final String node;
  private @Nullable Current current;
  private boolean isIntakeStopped;

  /** Reads what is kept; what ran when an earlier process ended is over. */
  public Comparisons(
      Deliveries deliveries,
      Queues queues,
      Participants participants,
      Recovery recovery,
      ComparisonStore store,
      Clock clock) {
    this.deliveries = deliveries;
    this.queues = queues;
    this.participants = participants;
    this.recovery = recovery;
    this.clock = clock;
    this.store = store;
    this.node = recovery.node().identity().node();
    for (Comparison kept : store.load()) {
      Comparison known = kept.isRunning() ? kept.ended(Status.INTERRUPTED, null, null) : kept;
      comparisons.put(known.id(), known);
      if (kept.isRunning()) {
        store.save(known);
      }
    }
  }

  /** All comparisons, the newest first. */
  public List<Comparison> all() {
    return comparisons.values().stream()
        .sorted(
            Comparator.comparing(Comparison::startedAt).thenComparing(Comparison::id).reversed())
        .toList();
  }

  public Optional<Comparison> find(String id) {
    return Optional.ofNullable(comparisons.get(id));
  }

  /** The names of the databases that rows can go to. */
  public List<String> databases() {
    return List.copyOf(participants.databaseNames());
  }

  /**
   * Starts a comparison, which goes on when this returns.
   *
   * @throws RefusedException another one runs, or none may begin now
   */
  public synchronized Comparison start(ComparisonRequest request)
      throws RefusedException, InterruptedException {
    if (!participants.broker().isPresent()) {
      throw new RefusedException(
          RefusedException.Reason.BROKER_REFUSED,
          "A comparison needs queues, and this node has no broker: handfast.broker.enabled is false.");
    }
    if (isIntakeStopped) {
      throw RefusedException.draining();
    }
    deliveries.requireLasting();
    if (current != null) {
      if (find(current.id()).filter(Comparison::isRunning).isPresent()) {
        throw new RefusedException(
            RefusedException.Reason.COMPARISON_RUNNING,
            "The comparison '" + current.id() + "' is running; wait for its end, or cancel it.");
      }
      current.thread().join();
    }
    Cancellation cancellation = new Cancellation();
    Comparison comparison = Comparison.begun(newId(), request, clock.instant());
    Trial.Tools tools =
        new Trial.Tools(
            deliveries,
            queues,
            participants,
            new TrialResources(participants),
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)::getProcessCpuTime,
            cancellation);
    List<String> needed = List.of(Broker.NAME, Participants.participantName(request.database()));
    ComparisonRun run =
        new ComparisonRun(
            comparison, node, tools, () -> awaitScanned(needed, cancellation), new Keeper(), clock);
    keep(comparison);
    prune();
    Thread thread = Threads.named("comparison").newThread(run);
    current = new Current(comparison.id(), cancellation, thread);
    thread.start();
    return comparison;
  }

  /** Lets none begin any more, and cancels the one that runs. Does not wait for its end. */
  public synchronized void stopIntake() {
    isIntakeStopped = true;
    if (current != null) {
      current.cancellation().ask(Status.CANCELLED);
    }
  }

  /** Lets comparisons begin again. */
  public synchronized void allowIntake() {
    isIntakeStopped = false;
  }

  /** The comparison that runs, until it has removed its queues and tables. */
  public synchronized Optional<String> running() {
    return current != null && current.thread().isAlive()
        ? Optional.of(current.id())
        : Optional.empty();
  }

  /** Names the node, as ids of transactions do. */
  private String newId() {
    long number = clock.millis();
    while (comparisons.containsKey(node + "." + Long.toString(number, BASE))) {
      number++;
    }
    return node + "." + Long.toString(number, BASE);
  }

  /** What a crash has left prepared would hold the tables that are to be removed. */
  private void awaitScanned(List<String> needed, Cancellation cancellation) throws Exception {
    while (!recovery.awaitScanned(needed, Duration.ofMillis(500))) {
      cancellation.check();
    }
  }

  private void prune() {
    List<Comparison> all = all();
    for (Comparison old : all.subList(Math.min(KEPT, all.size()), all.size())) {
      comparisons.remove(old.id());
      store.delete(old.id());
    }
  }

  /**
   * Cancels a comparison; one that is over stays as it is. Returns when it has removed its queues
   * and tables, or after half a minute.
   */
  public Optional<Comparison> cancel(String id) throws InterruptedException {
    end(id, Status.CANCELLED, PATIENCE);
    return find(id);
  }

  private void end(String id, Status status, Duration patience) throws InterruptedException {
    Current running;
    synchronized (this) {
      running = current;
    }
    if (running != null && running.id().equals(id)) {
      running.cancellation().ask(status);
      running.thread().join(Math.max(1, patience.toMillis()));
    }
  }

  /** Ends the comparison that runs, at the end of the process. */
  public void stop(Duration patience) {
    Current running;
    synchronized (this) {
      running = current;
    }
    try {
      if (running != null) {
        end(running.id(), Status.INTERRUPTED, patience);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A disk that is full spoils no measurement. */
  private void keep(Comparison comparison) {
    comparisons.put(comparison.id(), comparison);
    try {
      store.save(comparison);
    } catch (RuntimeException e) {
      LOG.warnf("comparison not kept comparison=%s: %s", comparison.id(), e.getMessage());
    }
  }

  private final class Keeper implements ComparisonRun.Listener {

    @Override
    public void step(Comparison comparison) {
      comparisons.put(comparison.id(), comparison);
    }

    @Override
    public void result(Comparison comparison) {
      keep(comparison);
    }
  }
}
