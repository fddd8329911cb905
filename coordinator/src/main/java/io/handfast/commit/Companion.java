package io.handfast.commit;

import io.handfast.concurrent.Monitor;
import io.handfast.concurrent.Threads;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A thread that makes one call at a time beside the thread that owns it.
 *
 * <p>The owner begins a call, does something else, and then waits for what came of it. The thread
 * starts with the first call and ends when this is closed.
 */
final class Companion implements AutoCloseable {

  private final String name;
  private final Monitor monitor = new Monitor();
  private @Nullable Thread thread;
  private @Nullable Callable<?> call;
  private @Nullable Object result;
  private @Nullable Throwable failure;
  private boolean isBusy;
  private boolean isClosed;

  Companion(String name) {
    this.name = name;
  }

  /** Begins a call; the one before has been waited for. */
  void begin(Callable<?> next) {
    try (Monitor held = monitor.enter()) {
      call = next;
      result = null;
      failure = null;
      isBusy = true;
      if (thread == null) {
        thread = Threads.start(name, this::run);
      }
      held.changed();
    }
  }

  /** Whether a call was begun and not waited for. */
  boolean isBegun() {
    return monitor.inside(() -> isBusy || result != null || failure != null);
  }

  /**
   * Waits for the call that was begun, and returns what it returned.
   *
   * @throws ExecutionException it has failed, with its failure as the cause
   */
  Object await() throws InterruptedException, ExecutionException {
    try (Monitor held = monitor.enter()) {
      held.await(() -> !isBusy);
      Throwable failed = failure;
      Object returned = result;
      failure = null;
      result = null;
      if (failed != null) {
        throw new ExecutionException(failed);
      }
      if (returned == null) {
        throw new IllegalStateException("no call was begun");
      }
      return returned;
    }
  }

  private void run() {
    Callable<?> next = next();
    while (next != null) {
      Object returned = null;
      Throwable failed = null;
      try {
        returned = next.call();
      } catch (Throwable e) { // the owner is told, whatever it is
        failed = e;
      }
      try (Monitor held = monitor.enter()) {
        result = returned;
        failure = failed;
        isBusy = false;
        held.changed();
      }
      next = next();
    }
  }

  private @Nullable Callable<?> next() {
    try (Monitor held = monitor.enter()) {
      held.await(() -> call != null || isClosed);
      Callable<?> next = call;
      call = null;
      return next;
    } catch (InterruptedException e) {
      return null;
    }
  }

  @Override
  public void close() {
    try (Monitor held = monitor.enter()) {
      isClosed = true;
      held.changed();
    }
  }
}
