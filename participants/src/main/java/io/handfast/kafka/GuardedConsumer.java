package io.handfast.kafka;

import io.handfast.concurrent.Deadline;
import io.handfast.concurrent.Monitor;
import io.handfast.message.BrokerException;
import java.time.Duration;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;

/**
 * Kafka's consumer, which one thread uses at a time, and any thread can wake up or close.
 *
 * <p>A wake-up ends a wait for messages and nothing else. Kafka's own ends the next call that waits
 * for the network, whatever that is: here such a call is repeated. Thread-safe.
 */
final class GuardedConsumer implements AutoCloseable {

  /** How long the end of a call is waited for that was told to end. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** The group learns of the end within it, unless the cluster does not answer. */
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private final Consumer<byte[], byte[]> consumer;
  private final Monitor monitor = new Monitor();
  private boolean isBusy;
  private boolean isPolling;
  private boolean isWoken;
  private boolean isEnding;
  private boolean isClosed;

  GuardedConsumer(Consumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
  }

  /** What a poll has brought. */
  record Polled(ConsumerRecords<byte[], byte[]> records, boolean isWoken) {

    private static final Polled WOKEN = new Polled(ConsumerRecords.empty(), true);
  }

  /** Waits for records; what is woken brings none. */
  Polled poll(Duration wait) throws BrokerException {
    try (Monitor held = monitor.enter()) {
      begin();
      if (isWoken) {
        isWoken = false;
        end(held);
        return Polled.WOKEN;
      }
      isPolling = true;
    }
    boolean wasWoken = false;
    ConsumerRecords<byte[], byte[]> records = ConsumerRecords.empty();
    try {
      records = consumer.poll(wait);
    } catch (WakeupException e) {
      // By wakeUp(), or for partitions that were assigned.
    } finally {
      try (Monitor held = monitor.enter()) {
        isPolling = false;
        wasWoken = isWoken;
        isWoken = false;
        end(held);
      }
    }
    requireOpen();
    return new Polled(records, wasWoken);
  }

  /** Makes a call that a wake-up must not end. */
  <T> T call(Function<Consumer<byte[], byte[]>, T> action) throws BrokerException {
    try (Monitor held = monitor.enter()) {
      begin();
    }
    try {
      return repeated(action);
    } finally {
      try (Monitor held = monitor.enter()) {
        end(held);
      }
    }
  }

  private <T> T repeated(Function<Consumer<byte[], byte[]>, T> action) throws BrokerException {
    try {
      return action.apply(consumer);
    } catch (WakeupException e) { // meant for a poll that was over already
      requireOpen();
      return action.apply(consumer);
    }
  }

  private void begin() throws BrokerException {
    requireOpen();
    if (isBusy) {
      throw new IllegalStateException("used by two threads");
    }
    isBusy = true;
  }

  private void end(Monitor held) {
    isBusy = false;
    held.changed();
  }

  void requireOpen() throws BrokerException {
    try (Monitor held = monitor.enter()) {
      if (isEnding) {
        throw new BrokerException("the session is closed");
      }
    }
  }

  /** Whether it is closed, or about to be. */
  boolean isEnding() {
    return monitor.inside(() -> isEnding);
  }

  /** Ends the wait of the poll under way, else of the next one; from any thread. */
  void wakeUp() {
    try (Monitor held = monitor.enter()) {
      isWoken = true;
      if (isPolling) {
        consumer.wakeup();
      }
    }
  }

  /** Ends the poll that calls back now: its caller has something to do first. */
  void endPoll() {
    consumer.wakeup();
  }

  @Override
  public void close() {
    close(client -> {});
  }

  /**
   * Leaves the group, and closes it; from any thread.
   *
   * @param last what is asked of it before, without waiting
   */
  void close(java.util.function.Consumer<Consumer<byte[], byte[]>> last) {
    try (Monitor held = monitor.enter()) {
      isEnding = true;
      if (isBusy) {
        consumer.wakeup();
      }
      boolean isFree = held.await(Deadline.after(PATIENCE), () -> !isBusy);
      if (!isFree || isClosed) {
        return; // a call that never ends keeps its thread, and its membership until the time-out
      }
      isClosed = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    try {
      last.accept(consumer);
    } catch (RuntimeException e) {
      // Whatever it was: one that is not closed stays a member, and holds the group up.
    }
    closeNow();
  }

  private void closeNow() {
    try {
      consumer.close(CloseOptions.timeout(FAREWELL));
    } catch (WakeupException | InterruptException e) {
      closeAgain();
    } catch (KafkaException e) {
      // What does not answer learns of the end by the time-out of the session.
    }
  }

  /** The first one has ended before it was done. */
  private void closeAgain() {
    try {
      consumer.close(CloseOptions.timeout(Duration.ZERO));
    } catch (KafkaException e) {
      // As above.
    }
  }
}
