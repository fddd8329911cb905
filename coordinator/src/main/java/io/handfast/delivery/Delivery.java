package io.handfast.delivery;

import io.handfast.recovery.Recovery;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A named flow from a source to a sink, and the consumers that keep it going.
 *
 * <pre>
 *   PAUSED  --start-->  RUNNING  --pause-->  PAUSED
 *                       RUNNING  --fail--->  FAILED  --start-->  RUNNING
 * </pre>
 *
 * <p>{@link #pause()} returns when nothing is in hand any more. Thread-safe.
 */
public final class Delivery {

  /** Whether a delivery moves messages. */
  public enum State {
    RUNNING,
    PAUSED,
    /** It cannot work as specified, or a person must look; {@link Delivery#lastError()} says why. */
    FAILED
  }

  private static final Logger LOG = Logger.getLogger(Delivery.class);

  private final String name;
  private final DeliverySpecification specification;
  private final Workplace workplace;
  private final Protocol protocol;
  private final Counters counters = new Counters();
  private final Interruption interruption;
  private final Object monitor = new Object();
  private final List<Thread> threads = new ArrayList<>();
  private volatile State state = State.PAUSED;
  private volatile @Nullable String lastError;
  private volatile boolean checked;

  Delivery(String name, DeliverySpecification specification, Workplace workplace) {
    this.name = name;
    this.specification = specification;
    this.workplace = workplace;
    this.protocol = workplace.protocolOf(specification);
    this.interruption = new Interruption(name, workplace.clock());
  }

  public String name() {
    return name;
  }

  public DeliverySpecification specification() {
    return specification;
  }

  public State state() {
    return state;
  }

  public Counters counters() {
    return counters;
  }

  /** Why the delivery is held up or failed, or the last such reason; null where there was none. */
  public @Nullable String lastError() {
    String now = interruption.cause();
    return now != null ? now : lastError;
  }

  /** Starts the consumers; does nothing where they run. */
  void start() {
    synchronized (monitor) {
      if (state == State.RUNNING) {
        return;
      }
      awaitConsumersGone();
      checked = false;
      transition(State.RUNNING);
      for (int i = 1; i <= specification.consumers(); i++) {
        Thread thread = new Thread(new Consumer(this), name + "-" + i);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
      }
    }
  }

  /** Stops taking messages; returns when the units in hand have ended. */
  void pause() {
    synchronized (monitor) {
      if (state == State.RUNNING) {
        transition(State.PAUSED);
        monitor.notifyAll();
      }
    }
    awaitConsumersGone();
    synchronized (monitor) {
      state = State.PAUSED;
    }
  }

  /** Stops taking messages without waiting; {@link #pause()} afterwards waits. */
  void beginPause() {
    synchronized (monitor) {
      if (state == State.RUNNING) {
        transition(State.PAUSED);
        monitor.notifyAll();
      }
    }
  }

  void fail(Throwable cause) {
    synchronized (monitor) {
      lastError = Causes.readable(cause);
      if (state == State.RUNNING) {
        LOG.errorf("delivery failed delivery=%s: %s", name, lastError);
        transition(State.FAILED);
        monitor.notifyAll();
      }
    }
  }

  private void transition(State next) {
    LOG.infof("delivery %s delivery=%s", WireName.of(next), name);
    state = next;
  }

  private void awaitConsumersGone() {
    List<Thread> leaving;
    synchronized (monitor) {
      leaving = List.copyOf(threads);
    }
    for (Thread thread : leaving) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while the delivery's units end", e);
      }
    }
    synchronized (monitor) {
      threads.removeAll(leaving);
    }
  }

  // What a consumer asks of its delivery.

  Protocol protocol() {
    return protocol;
  }

  Recovery recovery() {
    return workplace.recovery();
  }

  boolean isStopping() {
    return state != State.RUNNING;
  }

  /** Whether another unit may begin: not while the outcome of an earlier one is unknown. */
  boolean mayWork() {
    return !isStopping() && workplace.log().isCertain();
  }

  /** Waits until work may begin; false where the delivery stops instead. */
  boolean awaitWork() throws InterruptedException {
    while (!isStopping()) {
      if (workplace.recovery().awaitScanned(participants(), Duration.ofMillis(500))
          && workplace.log().isCertain()) {
        return true;
      }
      if (!workplace.log().isCertain()) {
        sleep(Duration.ofMillis(500));
      }
    }
    return false;
  }

  /**
   * Opens a lane; the first one after a start also checks that the sink can do its part.
   *
   * @throws InvalidDeliveryException the delivery cannot work as specified
   */
  Lane openLane() throws Exception {
    if (!checked) {
      workplace.check(specification);
      checked = true;
    }
    return workplace.openLane(name, specification);
  }

  void interruptedBy(Object consumer, Throwable cause) {
    lastError = Causes.readable(cause);
    interruption.begin(consumer, cause);
  }

  void resumedBy(Object consumer) {
    interruption.end(consumer);
  }

  /** Sleeps, but not past the end of the delivery. */
  void sleep(Duration pause) throws InterruptedException {
    long deadline = System.nanoTime() + pause.toNanos();
    synchronized (monitor) {
      long millis = pause.toMillis();
      while (!isStopping() && millis > 0) {
        monitor.wait(millis);
        millis = (deadline - System.nanoTime()) / 1_000_000;
      }
    }
  }

  private List<String> participants() {
    return workplace.participantsOf(specification);
  }
}
