package io.handfast.message;

import io.handfast.message.Message.Place;
import io.handfast.message.PositionedSession.Partition;
import io.handfast.message.PositionedSession.Position;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A topic in memory, with its partitions. */
final class InMemoryTopic {

  /** The messages of a partition by their offsets. */
  static final class Log {

    private final Partition partition;
    private final NavigableMap<Long, PartitionMessage> messages = new TreeMap<>();
    private long start;
    private long end;
    private int epoch;

    private Log(Partition partition) {
      this.partition = partition;
    }

    Partition partition() {
      return partition;
    }

    long start() {
      return start;
    }

    long end() {
      return end;
    }

    long add(
        @Nullable MessageBody key, MessageBody body, Map<String, Object> headers, long timestamp) {
      Place place = new Place(partition, new Position(end, epoch));
      messages.put(end, new PartitionMessage(place, key, body, headers, timestamp, 0, null));
      return end++;
    }

    /** An offset that no message has: of a transaction's marker, or compacted away. */
    void skip() {
      end++;
    }

    /** What is before an offset is kept no longer. */
    void retainFrom(long offset) {
      messages.headMap(offset).clear();
      start = Math.max(start, offset);
    }

    /** Another leader is elected, which has nothing from an offset on. */
    void electLeader(long lastOffset) {
      messages.tailMap(lastOffset).clear();
      end = Math.min(end, lastOffset);
      epoch++;
    }

    /** The messages from a position on, so many at most. */
    List<PartitionMessage> from(Position position, int max) {
      return messages.tailMap(position.offset()).values().stream().limit(max).toList();
    }

    /**
     * Why nothing can be read at a position; null where it can. Another leader has lost messages
     * where one of a later epoch stands before the position, or one of an earlier behind it.
     */
    @Nullable String problem(Position position) {
      if (position.offset() < start || position.offset() > end) {
        return "the partition has offsets %d to %d".formatted(start, end);
      }
      boolean isCut =
          position.epoch() >= 0
              && messages.headMap(position.offset()).values().stream()
                  .anyMatch(message -> message.place().at().epoch() > position.epoch());
      boolean isOlder =
          messages.tailMap(position.offset()).values().stream()
              .anyMatch(message -> message.place().at().epoch() < position.epoch());
      return isCut || isOlder ? "another leader has lost messages" : null;
    }
  }

  private final String cluster;
  private final String id;
  private final String name;
  private final List<Log> logs = new ArrayList<>();

  InMemoryTopic(String cluster, String id, String name) {
    this.cluster = cluster;
    this.id = id;
    this.name = name;
  }

  void addPartitions(int total) {
    while (logs.size() < total) {
      logs.add(new Log(new Partition(cluster, id, name, logs.size())));
    }
  }

  Log log(int partition) {
    return logs.get(partition);
  }

  Optional<Log> log(Partition partition) {
    return logs.stream().filter(log -> log.partition().equals(partition)).findFirst();
  }

  List<Partition> partitions() {
    return logs.stream().map(Log::partition).sorted(Comparator.naturalOrder()).toList();
  }
}
