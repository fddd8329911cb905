package io.handfast.comparison;

import io.handfast.message.BrokerException;
import io.handfast.message.Prefetch;
import io.handfast.message.SourceSession;
import io.handfast.node.Participants;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends messages at a fixed rate, however slow the delivery is.
 *
 * <p>A message says when it was due, not when it was sent: a sender that waits for a slow broker
 * must not make the latency look better than it is. What has become due meanwhile is sent together.
 */
final class PacedSender {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long LONGEST_SLEEP = TimeUnit.MILLISECONDS.toNanos(100);

  private final Participants participants;
  private final Cancellation cancellation;

  PacedSender(Participants participants, Cancellation cancellation) {
    this.participants = participants;
    this.cancellation = cancellation;
  }

  /**
   * Sends so many messages a second, numbered from 1; returns when the last is sent.
   *
   * @param unmeasured how many of them, the first ones, do not say when they were due
   */
  void send(String queue, NumberedBodies bodies, int rate, int messages, int unmeasured)
      throws BrokerException {
    try (SourceSession session = participants.broker().openLocal(Prefetch.BUFFERED)) {
      long start = System.nanoTime();
      int sent = 0;
      while (sent < messages) {
        cancellation.check();
        long due = Math.min(messages, (System.nanoTime() - start) * rate / SECOND + 1);
        if (due == sent) {
          sleepUntil(start + sent * SECOND / rate);
        } else {
          while (sent < due) {
            long dueAt = start + sent * SECOND / rate;
            Map<String, Object> headers =
                sent < unmeasured ? Map.of() : Map.of(CommitCounter.SENT, dueAt);
            session.send(queue, bodies.body(++sent), headers);
          }
          session.commit();
        }
      }
    }
  }

  private static void sleepUntil(long nanoTime) {
    LockSupport.parkNanos(Math.min(LONGEST_SLEEP, nanoTime - System.nanoTime()));
  }
}
