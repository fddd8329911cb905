package io.handfast.concurrent;

import java.time.Duration;

/**
 * Runs a task periodically on a thread of its own; a failure does not end it.
 *
 * <p>A scheduled executor ends the schedule at the first failure of its task and keeps that to
 * itself: what the task bounds in time would have no bound any more. An {@link OutOfMemoryError}
 * would be hidden in the same way, and the process go on. Here each failure goes to the thread's
 * handler of uncaught exceptions. Thread-safe.
 */
public final class Repeating implements AutoCloseable {

  private final Monitor monitor = new Monitor();
  private final Thread thread;
  private volatile boolean isClosed;

  private Repeating(String name, Duration first, Duration pause, Runnable task) {
    this.thread = Threads.named(name).newThread(() -> run(first, pause, task));
  }

  /**
   * Starts to run a task.
   *
   * @param name the thread's
   * @param first the pause before the first run
   * @param pause the pause between the end of a run and the next one, at least a millisecond
   */
  public static Repeating start(String name, Duration first, Duration pause, Runnable task) {
    Repeating repeating = new Repeating(name, first, pause, task);
    repeating.thread.start();
    return repeating;
  }

  private void run(Duration first, Duration pause, Runnable task) {
    Duration next = first;
    while (isDueAfter(next)) {
      runOnce(task);
      next = pause;
    }
  }

  private boolean isDueAfter(Duration pause) {
    try (Monitor held = monitor.enter()) {
      return !held.await(Deadline.after(pause), () -> isClosed);
    } catch (InterruptedException e) {
      return !isClosed; // a task may leave the thread interrupted
    }
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
    try (Monitor held = monitor.enter()) {
      isClosed = true;
      held.changed();
    }
    thread.interrupt();
  }
}
