package io.handfast.concurrent;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A lock with one condition.
 *
 * <pre>
 * try (Monitor held = monitor.enter()) {
 *   isStopped = true;
 *   held.changed();
 * }
 * </pre>
 *
 * <p>A thread that has entered may enter again. Thread-safe.
 */
public final class Monitor implements AutoCloseable {

  private final Lock lock = Scheduling.newLock();
  private final Condition changed = lock.newCondition();

  /** Waits until no other thread is inside. */
  public Monitor enter() {
    lock.lock();
    return this;
  }

  /** Leaves; what {@link #enter()} returns is closed at the end of its block. */
  @Override
  public void close() {
    lock.unlock();
  }

  /** Lets every thread that waits here look again. The caller is inside. */
  public void changed() {
    changed.signalAll();
  }

  /**
   * Waits until something is so; the caller is inside, and others may enter meanwhile.
   *
   * @return false where it is not so in time
   */
  public boolean await(Deadline deadline, BooleanSupplier isSo) throws InterruptedException {
    while (!isSo.getAsBoolean()) {
      if (deadline.isOver()) {
        return false;
      }
      changed.awaitNanos(deadline.left().toNanos());
    }
    return true;
  }

  /** Waits until something is so, for as long as that takes; the caller is inside. */
  public void await(BooleanSupplier isSo) throws InterruptedException {
    while (!isSo.getAsBoolean()) {
      changed.await();
    }
  }

  /** Does what must be done inside. */
  public <T> T inside(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}
