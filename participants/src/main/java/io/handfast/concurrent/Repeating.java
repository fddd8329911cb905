package io.handfast.concurrent;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A task that runs again and again on a thread of its own, and survives its failures.
 *
 * <p>A scheduled executor ends the schedule at the first failure of its task and keeps that to
 * itself: what the task bounds in time would have no bound any more. An {@link OutOfMemoryError}
 * would be hidden in the same way, and the process go on. Here each failure goes to the thread's
 * handler of uncaught exceptions. Thread-safe.
 */
public final class Repeating implements AutoCloseable {

  private final ScheduledExecutorService thread;

  private Repeating(ScheduledExecutorService thread) {
    this.thread = thread;
  }

  /**
   * Starts to run a task.
   *
   * @param name the thread's
   * @param first the pause before the first run
   * @param pause the pause between the end of a run and the next one, at least a millisecond
   */
  public static Repeating start(String name, Duration first, Duration pause, Runnable task) {
    ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(Threads.named(name));
    thread.scheduleWithFixedDelay(
        () -> runOnce(task), first.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    return new Repeating(thread);
  }

  private static void runOnce(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      Thread current = Thread.currentThread();
      current.getUncaughtExceptionHandler().uncaughtException(current, e);
    }
  }

  /** Lets it run no more, and interrupts a run; does not wait for its end. */
  @Override
  public void close() {
    thread.shutdownNow();
  }
}
