package io.handfast.simulation;

import io.handfast.concurrent.Scheduling;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;

/** A process: its threads end together, at any point. */
final class SimulatedProcess implements Scheduling {

  private static final Instant BEGIN = Instant.parse("2026-11-29T10:00:00Z");

  private final Simulation simulation;
  private final String name;
  private boolean isAlive = true;
  private long suspendedUntil;
  private Duration offset = Duration.ZERO;

  SimulatedProcess(Simulation simulation, String name) {
    this.simulation = simulation;
    this.name = name;
  }

  Simulation simulation() {
    return simulation;
  }

  String name() {
    return name;
  }

  boolean isAlive() {
    return isAlive;
  }

  /** Nothing of it runs any more. */
  void end() {
    isAlive = false;
  }

  /** Nothing of it runs for a while, and it does not notice. */
  void suspend(Duration span) {
    suspendedUntil = nanos() + span.toNanos();
  }

  boolean isSuspended() {
    return suspendedUntil > nanos();
  }

  long suspendedUntil() {
    return suspendedUntil;
  }

  void requireAlive() {
    if (!isAlive) {
      throw Crash.NOW;
    }
  }

  /** A failure that no code has caught ends the play; an end of the process is none. */
  void uncaught(Throwable failure) {
    if (isAlive && !(failure instanceof Crash)) {
      simulation.failed(failure);
    }
  }

  /** The wall clock of its machine, which {@link #moveClock} moves. */
  Clock clock() {
    return new Clock() {
      @Override
      public Instant instant() {
        return BEGIN.plusNanos(simulation.nanos()).plus(offset);
      }

      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }
    };
  }

  void moveClock(Duration by) {
    offset = offset.plus(by);
  }

  /** Lets time pass for the current thread. */
  void sleep(Duration pause) {
    SimulatedThread.me().waitUntil(() -> false, nanos() + pause.toNanos());
  }

  @Override
  public Thread thread(String threadName, Runnable task) {
    return simulation.thread(this, threadName, task);
  }

  @Override
  public boolean join(Thread thread, Duration patience) {
    SimulatedThread joined = (SimulatedThread) thread;
    long until = nanos() + patience.toNanos();
    if (!joined.hasEnded()) {
      SimulatedThread.me().waitUntil(joined::hasEnded, until < 0 ? Long.MAX_VALUE : until);
    }
    return joined.hasEnded();
  }

  @Override
  public Executor executor(String threadName, int atOnce) {
    return task -> thread(threadName, task).start();
  }

  @Override
  public Lock lock(boolean isFair) {
    return new SimulatedLock();
  }

  @Override
  public ReadWriteLock readWriteLock() {
    return new SimulatedReadWriteLock();
  }

  @Override
  public long nanos() {
    return simulation.nanos();
  }

  @Override
  public long randomBelow(long bound) {
    return Math.floorMod(simulation.random().nextLong(), bound);
  }
}
