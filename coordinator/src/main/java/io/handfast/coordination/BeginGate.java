package io.handfast.coordination;

import io.handfast.concurrent.Scheduling;
import io.handfast.transaction.RefusedException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;

/**
 * Admits new transactions until it is closed.
 *
 * <p>A transaction that was let in has begun when {@link #close()} returns, so that a later list of
 * open transactions is complete. Thread-safe.
 */
final class BeginGate {

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
