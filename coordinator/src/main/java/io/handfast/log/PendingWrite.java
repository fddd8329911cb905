package io.handfast.log;

import io.handfast.concurrent.Deadline;
import io.handfast.concurrent.Monitor;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A record that is being written to the decision log. */
final class PendingWrite {

  private final LogRecord record;
  private final boolean isForced;
  private final Monitor monitor = new Monitor();
  private boolean isAnswered;
  private @Nullable Throwable failure;

  /**
   * A record that waits to be appended.
   *
   * @param isForced whether a thread waits for it to be on disk
   */
  PendingWrite(LogRecord record, boolean isForced) {
    this.record = record;
    this.isForced = isForced;
  }

  LogRecord record() {
    return record;
  }

  boolean isForced() {
    return isForced;
  }

  /**
   * Releases the thread that waits.
   *
   * @param failed why the record is not known to be on disk, if it must be; null where it is
   */
  void answer(@Nullable Throwable failed) {
    try (Monitor held = monitor.enter()) {
      failure = failed;
      isAnswered = true;
      held.changed();
    }
  }

  /**
   * Waits until the record is on disk. An interrupt does not end the wait, since it could not tell
   * whether the record is there; the thread is interrupted afterwards.
   *
   * @throws IOException it is not known to be there
   */
  void await(Duration patience) throws IOException {
    Deadline deadline = Deadline.after(patience);
    boolean isInterrupted = false;
    try (Monitor held = monitor.enter()) {
      while (!isAnswered) {
        try {
          if (!held.await(deadline, () -> isAnswered)) {
            throw new IOException("the disk did not confirm the record within " + patience);
          }
        } catch (InterruptedException e) {
          isInterrupted = true;
        }
      }
      if (failure != null) {
        throw new IOException(failure.toString(), failure);
      }
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
