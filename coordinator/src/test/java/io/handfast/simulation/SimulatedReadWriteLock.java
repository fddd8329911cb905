package io.handfast.simulation;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;

/** A lock that many share, or one has alone. */
final class SimulatedReadWriteLock implements ReadWriteLock {

  private int readers;
  private boolean isWritten;

  @Override
  public Lock readLock() {
    return new Half() {
      @Override
      public void lock() {
        acquire(() -> !isWritten);
        readers++;
      }

      @Override
      public void unlock() {
        readers--;
      }
    };
  }

  @Override
  public Lock writeLock() {
    return new Half() {
      @Override
      public void lock() {
        acquire(() -> !isWritten && readers == 0);
        isWritten = true;
      }

      @Override
      public void unlock() {
        isWritten = false;
      }
    };
  }

  private abstract static class Half implements Lock {

    static void acquire(java.util.function.BooleanSupplier isFree) {
      SimulatedThread me = SimulatedThread.me();
      me.process().requireAlive();
      while (!isFree.getAsBoolean()) {
        me.waitUntil(isFree, Long.MAX_VALUE);
      }
    }

    @Override
    public void lockInterruptibly() {
      lock();
    }

    @Override
    public boolean tryLock() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Condition newCondition() {
      throw new UnsupportedOperationException();
    }
  }
}
