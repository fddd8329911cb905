package io.handfast.kafka;

import io.handfast.concurrent.Deadline;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
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

  /** Tells those that were not told yet, and waits for nothing. */
  synchronized void tell(Consumer<byte[], byte[]> consumer) {
    if (!later.isEmpty()) {
      consumer.commitAsync(Map.copyOf(later), null);
      later.clear();
    }
    next = Deadline.after(BETWEEN);
  }
}
