package io.handfast.kafka;

import io.handfast.message.PositionedSession.Position;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.function.IntPredicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What the last poll has brought and was not received yet. */
final class Fetched {

  private final Deque<ConsumerRecord<byte[], byte[]>> records = new ArrayDeque<>();
  private Map<TopicPartition, OffsetAndMetadata> ends = Map.of();

  /** A poll is over; keeps what the predicate wants, by the numbers of partitions. */
  void add(ConsumerRecords<byte[], byte[]> polled, IntPredicate isWanted) {
    ends = polled.nextOffsets();
    for (ConsumerRecord<byte[], byte[]> record : polled) {
      if (isWanted.test(record.partition())) {
        records.add(record);
      }
    }
  }

  boolean isEmpty() {
    return records.isEmpty();
  }

  /** The next one, which stays. */
  @Nullable ConsumerRecord<byte[], byte[]> peek() {
    return records.peek();
  }

  ConsumerRecord<byte[], byte[]> remove() {
    return records.remove();
  }

  void drop(int partition) {
    records.removeIf(record -> record.partition() == partition);
  }

  /** Where a partition was after the last poll; null where that has not reached it. */
  @Nullable Position end(TopicPartition partition) {
    OffsetAndMetadata end = ends.get(partition);
    return end == null ? null : Offsets.of(end);
  }

  /**
   * Where a partition goes on after a position that was received: behind the last message of a poll
   * the client may have passed the markers of transactions.
   */
  Position passed(TopicPartition partition, Position received) {
    Position end = end(partition);
    boolean isOver =
        end != null
            && end.offset() > received.offset()
            && records.stream().noneMatch(record -> record.partition() == partition.partition());
    return isOver ? end : received;
  }
}
