package io.handfast.simulation;

import io.handfast.concurrent.Scheduling;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A thread that runs only while it has the turn.
 *
 * <p>It runs on one of the machine's threads that are used again: making one takes half a
 * millisecond, and a schedule needs dozens.
 */
final class SimulatedThread extends Thread {

  /** One of the machine's threads, which runs one task after the other. */
  private static final class Carrier extends Thread implements Scheduling.Scheduled {

    private static final Deque<Carrier> IDLE = new ConcurrentLinkedDeque<>();

    private volatile @Nullable SimulatedThread carried;

    static void carry(SimulatedThread thread) {
      Carrier idle = IDLE.poll();
      Carrier carrier = idle == null ? new Carrier() : idle;
      thread.carrier = carrier;
      carrier.carried = thread;
      if (idle == null) {
        carrier.setDaemon(true);
        carrier.start();
      } else {
        LockSupport.unpark(carrier);
      }
    }

    @Override
    public void run() {
      while (true) {
        SimulatedThread next = carried;
        if (next == null) {
          LockSupport.park(this);
        } else {
          next.runCarried(
              () -> {
                carried = null;
                IDLE.push(this);
              });
        }
      }
    }

    @Override
    public Scheduling scheduling() {
      return me().process;
    }

    @Override
    public void interrupt() {
      me().interrupt();
    }

    @Override
    public UncaughtExceptionHandler getUncaughtExceptionHandler() {
      return (thread, failure) -> me().process.uncaught(failure);
    }
  }

  private static final BooleanSupplier READY = () -> true;

  private final SimulatedProcess process;
  private final Runnable task;
  private BooleanSupplier ready = READY;
  private long wakes = Long.MAX_VALUE;
  private boolean hasEnded;
  private boolean isInterrupted;
  private @Nullable Carrier carrier;
  private volatile boolean hasTurn;

  SimulatedThread(SimulatedProcess process, String name, Runnable task) {
    super(name);
    this.process = process;
    this.task = task;
  }

  /** The current thread, which must be a simulated one. */
  static SimulatedThread me() {
    return Objects.requireNonNull(((Carrier) Thread.currentThread()).carried);
  }

  SimulatedProcess process() {
    return process;
  }

  @Override
  public synchronized void start() {
    process.requireAlive();
    process.simulation().started(this);
    Carrier.carry(this);
  }

  private void runCarried(Runnable leave) {
    awaitTurn();
    try {
      if (process.isAlive()) {
        task.run();
      }
    } catch (Crash e) {
      // its process is gone
    } catch (Throwable e) { // the simulation is to hear of it, whatever it is
      process.uncaught(e);
    } finally {
      hasEnded = true;
      leave.run();
      process.simulation().ended(this);
    }
  }

  void giveTurn() {
    hasTurn = true;
    LockSupport.unpark(carrier);
  }

  void loseTurn() {
    hasTurn = false;
  }

  boolean hasTurn() {
    return hasTurn;
  }

  StackTraceElement[] stack() {
    return carrier == null ? new StackTraceElement[0] : carrier.getStackTrace();
  }

  void awaitTurn() {
    while (!hasTurn) {
      LockSupport.park(this);
    }
  }

  boolean hasEnded() {
    return hasEnded;
  }

  /** Lets others have the turn until something is so, or it is that time. */
  void waitUntil(BooleanSupplier isSo, long nanos) {
    ready = isSo;
    wakes = nanos;
    process.simulation().yieldTurn(this);
    ready = READY;
    wakes = Long.MAX_VALUE;
    process.requireAlive();
  }

  /** Whether it can go on at that time; one of a process that is gone is to end. */
  boolean canRun(long now) {
    return !process.isAlive()
        || process.suspendedUntil() <= now
            && (isInterrupted || wakes <= now || ready.getAsBoolean());
  }

  /** When it may be able to go on. */
  long wakes(long now) {
    long until = process.suspendedUntil();
    return until > now ? until : wakes;
  }

  @Override
  public void interrupt() {
    isInterrupted = true;
  }

  void requireUninterrupted() throws InterruptedException {
    if (isInterrupted) {
      isInterrupted = false;
      throw new InterruptedException();
    }
  }

  /** What is wrong with a schedule, for the message of a failure. */
  String state(long now) {
    return "%s/%s %s%s"
        .formatted(
            process.name(),
            getName(),
            canRun(now) ? "can run" : "waits",
            wakes == Long.MAX_VALUE ? "" : " until " + wakes / 1_000_000 + " ms");
  }
}
