package io.handfast.concurrent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;

/** Starts daemon threads. */
public final class Threads {

  private Threads() {}

  /** Starts a thread. */
  public static Thread start(String name, Runnable task) {
    Thread thread = Scheduling.current().thread(name, task);
    thread.start();
    return thread;
  }

  /** Makes threads of this name. */
  public static ThreadFactory named(String name) {
    return task -> Scheduling.current().thread(name, task);
  }

  /** Runs tasks on threads of this name, so many at once at most. */
  public static Executor executor(String name, int atOnce) {
    return Scheduling.current().executor(name, atOnce);
  }

  /**
   * Runs tasks at the same time, each on a thread of this name, and waits for their ends.
   *
   * @return false where one of them did not end in time
   */
  public static boolean runAll(String name, Collection<? extends Runnable> tasks, Duration patience)
      throws InterruptedException {
    Deadline deadline = Deadline.after(patience);
    List<Thread> threads = new ArrayList<>();
    tasks.forEach(task -> threads.add(start(name, task)));
    boolean haveEnded = true;
    for (Thread thread : threads) {
      haveEnded &= join(thread, deadline.left());
    }
    return haveEnded;
  }

  /** Waits for the end of a thread that was made here; false where it has not ended in time. */
  public static boolean join(Thread thread, Duration patience) throws InterruptedException {
    return Scheduling.current().join(thread, patience);
  }
}
