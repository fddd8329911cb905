package io.handfast.concurrent;

import java.util.concurrent.ThreadFactory;

/** Threads that do not keep the process alive. */
public final class Threads {

  private Threads() {}

  /** Starts a thread. */
  public static Thread start(String name, Runnable task) {
    Thread thread = named(name).newThread(task);
    thread.start();
    return thread;
  }

  /** Makes threads of this name. */
  public static ThreadFactory named(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }
}
