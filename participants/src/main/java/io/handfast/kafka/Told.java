package io.handfast.kafka;

import io.handfast.concurrent.Deadline;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Offsets that Kafka is to know for tools that show the lag. They are told once a second under a
 * backlog, and when no message comes: telling each unit's takes Kafka as long as reading its
 * messages. Thread-safe.
 */
final class Told {

  private static final Duration BETWEEN = Duration.ofSeconds(1);

  private final Map<TopicPartition, OffsetAndMetadata> later = new HashMap<>();
  private Deadline next = Deadline.after(BETWEEN);

  synchronized void add(Map<TopicPartition, OffsetAndMetadata> offsets) {
    later.putAll(offsets);
  }

  /** A partition is another's: its new owner tells. */
  synchronized void remove(TopicPartition partition) {
    later.remove(partition);
  }

  synchronized boolean isDue() {
    return next.isOver();
  }

  /**
   * Tells those that were not told yet, and waits for nothing. Offsets that Kafka refuses, such as
   * while the group is rebalanced, are told again.
   */
  synchronized void tell(Consumer<byte[], byte[]> consumer) {
    if (!later.isEmpty()) {
      Map<TopicPartition, OffsetAndMetadata> now = Map.copyOf(later);
      later.clear();
      consumer.commitAsync(
          now,
          (offsets, failure) -> {
            if (failure != null) {
              addAgain(now, consumer.assignment());
            }
          });
    }
    next = Deadline.after(BETWEEN);
  }

  /** Offsets that were added meanwhile are newer; those of partitions of others are theirs. */
  private synchronized void addAgain(
      Map<TopicPartition, OffsetAndMetadata> refused, Set<TopicPartition> own) {
    refused.forEach(
        (partition, offset) -> {
          if (own.contains(partition)) {
            later.putIfAbsent(partition, offset);
          }
        });
  }
}
