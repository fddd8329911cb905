package io.handfast.kafka;

import io.handfast.concurrent.Deadline;
import io.handfast.message.BrokerException;
import io.handfast.message.PositionLostException;
import io.handfast.message.PositionedSession.Failed;
import io.handfast.message.PositionedSession.Partition;
import io.handfast.message.PositionedSession.Position;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** The partitions that a session has, by their numbers: those that wait, and those that give. */
final class Assignment {

  /** A partition that gives messages. */
  static final class Giving {

    private final Partition partition;
    private final Failed failed;
    private int epoch;

    private Giving(Partition partition, Position from, Failed failed) {
      this.partition = partition;
      this.failed = failed;
      this.epoch = from.epoch();
    }

    Partition partition() {
      return partition;
    }

    /** The leader epoch that it has reached; -1 where none is known. */
    int epoch() {
      return epoch;
    }

    /** A message was received of a leader. */
    void reaches(int leader) {
      epoch = Math.max(epoch, leader);
    }

    /** The epochs of leaders only grow, but in a topic that was created again. */
    BrokerException olderLeader(ConsumerRecord<byte[], byte[]> record) {
      return new PositionLostException(
          partition,
          new Position(record.offset(), epoch),
          "the message there is of leader epoch %d, and those before it reached %d: the topic was created again, or has lost messages"
              .formatted(record.leaderEpoch().orElse(-1), epoch));
    }

    /** How often the message at an offset has failed. */
    int failures(long offset) {
      return failed.offset() == offset ? failed.attempts() : 0;
    }
  }

  private final Set<Integer> waiting = new TreeSet<>();
  private final Map<Integer, Deadline> resting = new HashMap<>();
  private final Map<Integer, Giving> giving = new HashMap<>();

  /** Partitions are the session's, and wait. */
  void add(Collection<Integer> numbers) {
    giving.keySet().removeAll(numbers);
    resting.keySet().removeAll(numbers);
    waiting.addAll(numbers);
  }

  void remove(Collection<Integer> numbers) {
    waiting.removeAll(numbers);
    resting.keySet().removeAll(numbers);
    giving.keySet().removeAll(numbers);
  }

  /** A partition gives from now on; whether it has waited. */
  boolean begin(Partition partition, Position from, Failed failed) {
    boolean hasWaited = waiting.remove(partition.number());
    if (hasWaited) {
      giving.put(partition.number(), new Giving(partition, from, failed));
    }
    return hasWaited;
  }

  /** A partition waits again; whether it has given. */
  boolean again(Partition partition) {
    Giving known = giving.get(partition.number());
    boolean hasGiven = known != null && known.partition.equals(partition);
    if (hasGiven) {
      giving.remove(partition.number());
      waiting.add(partition.number());
    }
    return hasGiven;
  }

  /** A partition that waits is not among those for a time. */
  void rest(int number, Duration time) {
    if (waiting.contains(number)) {
      resting.put(number, Deadline.after(time));
    }
  }

  /** A partition that gives; null for every other. */
  @Nullable Giving giving(int number) {
    return giving.get(number);
  }

  /** Those that wait, but for those that rest. */
  Set<Integer> waiting() {
    resting.values().removeIf(Deadline::isOver);
    Set<Integer> due = new TreeSet<>(waiting);
    due.removeAll(resting.keySet());
    return due;
  }

  /** No longer than until a partition has rested. */
  Duration atMost(Duration wait) {
    return resting.values().stream()
        .map(Deadline::left)
        .filter(left -> left.compareTo(wait) < 0)
        .min(Duration::compareTo)
        .orElse(wait);
  }

  Set<Integer> giving() {
    return Set.copyOf(giving.keySet());
  }
}
