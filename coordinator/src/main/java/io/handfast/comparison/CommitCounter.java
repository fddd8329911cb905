package io.handfast.comparison;

import io.handfast.concurrent.Deadline;
import io.handfast.concurrent.Monitor;
import io.handfast.concurrent.Scheduling;
import io.handfast.event.Event;
import io.handfast.event.Event.UnitEnded;
import io.handfast.event.Subscriber;
import io.handfast.message.Message;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Counts the messages that a delivery commits, and notes when and with which latency. Thread-safe.
 */
final class CommitCounter implements Subscriber {

  /**
   * The header with the sender's {@link Scheduling#nanoTime()}: sender and consumer are one
   * process.
   */
  static final String SENT = "handfast_sent";

  private static final long LONGEST = TimeUnit.HOURS.toNanos(1);
  private static final int DIGITS = 3;

  private final Histogram latencies = new Histogram(LONGEST, DIGITS);
  private final Monitor monitor = new Monitor();
  private long count;
  private long last = Scheduling.nanoTime();

  @Override
  public void on(Event event) {
    if (event instanceof UnitEnded ended) {
      committed(ended.tookEffect());
    }
  }

  private void committed(List<Message> messages) {
    long now = Scheduling.nanoTime();
    try (Monitor held = monitor.enter()) {
      count += messages.size();
      last = Math.max(last, now);
      for (Message message : messages) {
        if (message.headers().get(SENT) instanceof Long sent) {
          latencies.recordValue(Math.min(LONGEST, Math.max(0, now - sent)));
        }
      }
      held.changed();
    }
  }

  /** Waits for so many; false where they have not come within the time given. */
  boolean await(long expected, Duration patience) throws InterruptedException {
    try (Monitor held = monitor.enter()) {
      return held.await(Deadline.after(patience), () -> count >= expected);
    }
  }

  long count() {
    return monitor.inside(() -> count);
  }

  /** When the last one was, in {@link Scheduling#nanoTime()}. */
  long last() {
    return monitor.inside(() -> last);
  }

  /** How long those took that said when they were sent, in nanoseconds. */
  Histogram latencies() {
    return monitor.inside(latencies::copy);
  }
}
