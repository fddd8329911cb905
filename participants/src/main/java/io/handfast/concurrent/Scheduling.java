package io.handfast.concurrent;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The source of threads, locks, elapsed time and random numbers: the Java platform, or the
 * simulation that runs the current thread.
 *
 * <p>What a simulation is to play asks for them here, by way of {@link Threads}, {@link Monitor},
 * {@link Deadline} and {@link Repeating} where those fit, and in no other way. Then a seed decides
 * every choice, and the same seed makes the same choices again. Thread-safe.
 */
public interface Scheduling {

  /** A thread that has a scheduling of its own, as have those that it starts. */
  interface Scheduled {
    Scheduling scheduling();
  }

  /** That of the current thread. */
  static Scheduling current() {
    return Thread.currentThread() instanceof Scheduled scheduled
        ? scheduled.scheduling()
        : OfMachine.INSTANCE;
  }

  /** Nanoseconds on a clock that nothing sets, of use as differences only. */
  static long nanoTime() {
    return current().nanos();
  }

  /** A random number from zero up to a bound, which is left out. */
  static long random(long bound) {
    return current().randomBelow(bound);
  }

  /** A lock without a condition to wait for; see {@link Monitor} for those with one. */
  static Lock newLock() {
    return current().lock(false);
  }

  /** A lock that threads get in the order in which they came. */
  static Lock newFairLock() {
    return current().lock(true);
  }

  static ReadWriteLock newReadWriteLock() {
    return current().readWriteLock();
  }

  /** Makes a thread, which does not keep the process alive. */
  Thread thread(String name, Runnable task);

  /** Waits for the end of a thread that was made here; false where it has not ended in time. */
  boolean join(Thread thread, Duration patience) throws InterruptedException;

  /** Runs tasks on threads of this name, so many at once at most. */
  Executor executor(String name, int atOnce);

  Lock lock(boolean isFair);

  ReadWriteLock readWriteLock();

  long nanos();

  long randomBelow(long bound);

  /** Threads, locks and time of the Java machine; random numbers that cannot be guessed. */
  enum OfMachine implements Scheduling {
    INSTANCE;

    /** A thread without a task ends after it. */
    private static final Duration IDLE = Duration.ofSeconds(10);

    private final SecureRandom random = new SecureRandom();

    @Override
    public Thread thread(String name, Runnable task) {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    }

    @Override
    public boolean join(Thread thread, Duration patience) throws InterruptedException {
      thread.join(Math.max(1, patience.toMillis())); // 0 would be for ever
      return !thread.isAlive();
    }

    @Override
    public Executor executor(String name, int atOnce) {
      ThreadPoolExecutor executor =
          new ThreadPoolExecutor(
              atOnce,
              atOnce,
              IDLE.toMillis(),
              TimeUnit.MILLISECONDS,
              new LinkedBlockingQueue<>(),
              Threads.named(name));
      executor.allowCoreThreadTimeOut(true);
      return executor;
    }

    @Override
    public Lock lock(boolean isFair) {
      return new ReentrantLock(isFair);
    }

    @Override
    public ReadWriteLock readWriteLock() {
      return new ReentrantReadWriteLock();
    }

    @Override
    public long nanos() {
      return System.nanoTime();
    }

    @Override
    public long randomBelow(long bound) {
      return random.nextLong(bound);
    }
  }
}
