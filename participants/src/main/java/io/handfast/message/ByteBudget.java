package io.handfast.message;

import io.handfast.concurrent.Deadline;
import io.handfast.concurrent.Monitor;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Bounds the bytes of messages in flight in this process. Thread-safe. */
public final class ByteBudget {

  /** How long room is waited for before the caller is told that there is none. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Monitor monitor = new Monitor();
  private final long limit;
  private final Duration patience;
  private final AtomicLong used = new AtomicLong();

  public ByteBudget(long limit) {
    this(limit, PATIENCE);
  }

  public ByteBudget(long limit, Duration patience) {
    this.limit = limit;
    this.patience = patience;
  }

  /**
   * Waits until there is room. A message may then be larger than what is left: its size is known
   * when it has come. So each session goes over the limit by one message at most.
   *
   * @throws BrokerException others hold the room for longer
   */
  public void awaitRoom() throws BrokerException {
    if (used.get() < limit) { // most of the time
      return;
    }
    try (Monitor held = monitor.enter()) {
      if (!held.await(Deadline.after(patience), () -> used.get() < limit)) {
        throw new BrokerException(
            "messages in flight take %d bytes of memory and may take %d (handfast.memory.in-flight); units and clients that hold them must end first"
                .formatted(used.get(), limit));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerException("interrupted");
    }
  }

  /** A message has come; whether another one may. */
  public boolean add(long bytes) {
    return used.addAndGet(bytes) < limit;
  }

  /** Those who wait are told where there was no room before. */
  public void release(long bytes) {
    if (used.getAndAdd(-bytes) >= limit) {
      try (Monitor held = monitor.enter()) {
        held.changed();
      }
    }
  }
}
