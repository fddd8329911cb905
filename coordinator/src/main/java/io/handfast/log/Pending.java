package io.handfast.log;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.core.journal.IOCompletion;
import org.jspecify.annotations.Nullable;

/** A record on its way to the disk. */
final class Pending implements IOCompletion {

  private final Runnable confirmed;
  private final CountDownLatch answered = new CountDownLatch(1);
  private volatile @Nullable String failure;

  /**
   * A record that was handed to the journal.
   *
   * @param confirmed runs before the waiting thread goes on, if the record is on disk
   */
  Pending(Runnable confirmed) {
    this.confirmed = confirmed;
  }

  @Override
  public void done() {
    if (answered.getCount() > 0) { // the journal calls it after an error too
      confirmed.run();
      answered.countDown();
    }
  }

  @Override
  public void onError(int code, String message) {
    if (answered.getCount() > 0) {
      failure = message;
      answered.countDown();
    }
  }

  @Override
  public void storeLineUp() {}

  /**
   * Waits until the record is on disk. An interrupt does not end the wait, since it could not tell
   * whether the record is there; the thread is interrupted afterwards.
   *
   * @throws IOException it is not known to be there
   */
  void await(Duration patience) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    boolean isInterrupted = false;
    try {
      while (true) {
        try {
          if (!answered.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            throw new IOException("the disk did not confirm the record within " + patience);
          }
          break;
        } catch (InterruptedException e) {
          isInterrupted = true;
        }
      }
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
    String message = failure;
    if (message != null) {
      throw new IOException(message);
    }
  }
}
