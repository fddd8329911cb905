package io.handfast.coordination;

import io.handfast.concurrent.Scheduling;
import io.handfast.transaction.RefusedException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;

/**
 * Lets transactions begin, until it is closed.
 *
 * <p>Whoever was let in has begun when {@link #close()} returns, so that nobody who looks for open
 * transactions afterwards misses one. Thread-safe.
 */
final class Entrance {

  private final ReadWriteLock lock = Scheduling.newReadWriteLock();
  private boolean isClosed;

  /**
   * Lets the caller begin a transaction.
   *
   * @return what to unlock when it has begun
   * @throws RefusedException it is closed
   */
  Lock enter() throws RefusedException {
    Lock entered = lock.readLock();
    entered.lock();
    if (isClosed) {
      entered.unlock();
      throw RefusedException.draining();
    }
    return entered;
  }

  void close() {
    set(true);
  }

  void open() {
    set(false);
  }

  private void set(boolean closed) {
    lock.writeLock().lock();
    try {
      isClosed = closed;
    } finally {
      lock.writeLock().unlock();
    }
  }
}
