package io.handfast.participant;

/**
 * A task that is scheduled again and again, and survives its failures.
 *
 * <p>A scheduled executor ends the schedule at the first failure of its task and keeps that to
 * itself: what the task bounds in time would have no bound any more. An {@link OutOfMemoryError}
 * would be hidden in the same way, and the process go on.
 */
public final class Recurring {

  private Recurring() {}

  /** The task, with each failure handed to its thread's handler of uncaught exceptions. */
  public static Runnable task(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
      }
    };
  }
}
