package io.handfast.simulation;

import java.util.Date;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** A lock that a thread may take again, and its conditions. */
final class SimulatedLock implements Lock {

  private @Nullable SimulatedThread owner;
  private int holds;

  @Override
  public void lock() {
    SimulatedThread me = SimulatedThread.me();
    me.process().requireAlive();
    while (owner != null && owner != me) {
      me.waitUntil(() -> owner == null, Long.MAX_VALUE);
    }
    owner = me;
    holds++;
  }

  @Override
  public boolean tryLock() {
    SimulatedThread me = SimulatedThread.me();
    me.process().requireAlive();
    if (owner != null && owner != me) {
      return false;
    }
    lock();
    return true;
  }

  @Override
  public void unlock() {
    if (owner == SimulatedThread.me() && --holds == 0) { // a crash leaves in any order
      owner = null;
    }
  }

  @Override
  public Condition newCondition() {
    return new Waiting();
  }

  @Override
  public void lockInterruptibly() {
    lock();
  }

  @Override
  public boolean tryLock(long time, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  private final class Waiting implements Condition {

    private long signals;

    @Override
    public long awaitNanos(long nanos) throws InterruptedException {
      SimulatedThread me = SimulatedThread.me();
      long until = me.process().nanos() + nanos;
      await(until < 0 ? Long.MAX_VALUE : until);
      return until - me.process().nanos();
    }

    @Override
    public void await() throws InterruptedException {
      await(Long.MAX_VALUE);
    }

    private void await(long until) throws InterruptedException {
      SimulatedThread me = SimulatedThread.me();
      me.process().requireAlive();
      me.requireUninterrupted();
      long seen = signals;
      int held = holds;
      holds = 0;
      owner = null;
      me.waitUntil(() -> signals > seen, until);
      lock();
      holds = held;
      me.requireUninterrupted();
    }

    @Override
    public void signal() {
      signalAll();
    }

    @Override
    public void signalAll() {
      signals++;
    }

    @Override
    public void awaitUninterruptibly() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean await(long time, TimeUnit unit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean awaitUntil(Date deadline) {
      throw new UnsupportedOperationException();
    }
  }
}
