package io.handfast.message;

import io.handfast.concurrent.Deadline;
import io.handfast.concurrent.Monitor;
import java.time.Duration;

/** Bounds the bytes of messages in flight in this process. Thread-safe. */
public final class ByteBudget {

  /** How long room is waited for before the caller is told that there is none. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Monitor monitor = new Monitor();
  private final long limit;
  private final Duration patience;
  private long used;

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
    try (Monitor held = monitor.enter()) {
      if (!held.await(Deadline.after(patience), () -> used < limit)) {
        throw new BrokerException(
            "messages in flight take %d bytes of memory and may take %d (handfast.memory.in-flight); units and clients that hold them must end first"
                .formatted(used, limit));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerException("interrupted");
    }
  }

  /** A message has come; whether another one may. */
  public boolean add(long bytes) {
    try (Monitor held = monitor.enter()) {
      used += bytes;
      return used < limit;
    }
  }

  public void release(long bytes) {
    try (Monitor held = monitor.enter()) {
      used -= bytes;
      held.changed();
    }
  }
}
