package io.handfast.kafka;

import io.handfast.kafka.Cluster.Topic;
import io.handfast.message.BrokerException;
import io.handfast.message.PositionedSession.Partition;
import io.handfast.message.PositionedSession.Position;
import io.handfast.message.Source.Start;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Where a group begins in a topic: at what Kafka keeps for it, else where its specification says.
 *
 * @param topic which topic it is now
 * @param from where the specification says
 */
record FirstPositions(Topic topic, Start from) {

  /** How the client is called. */
  interface Calls {
    <T> T call(Function<Consumer<byte[], byte[]>, T> action) throws BrokerException;
  }

  Map<Partition, Position> of(Calls calls) throws BrokerException {
    Set<TopicPartition> all =
        topic.all().stream().map(FirstPositions::named).collect(Collectors.toSet());
    Map<TopicPartition, OffsetAndMetadata> kept = calls.call(consumer -> consumer.committed(all));
    boolean isCreatedAgain =
        kept.values().stream()
            .anyMatch(one -> one != null && Offsets.isOfAnotherTopic(one, topic.id()));
    Map<TopicPartition, Long> ends =
        isCreatedAgain ? Map.of() : calls.call(consumer -> ends(consumer, all));
    Map<Partition, Position> first = new TreeMap<>();
    for (Partition partition : topic.all()) {
      OffsetAndMetadata known = kept.get(named(partition));
      boolean isKept = known != null && !Offsets.isOfAnotherTopic(known, topic.id());
      first.put(
          partition,
          isKept ? Offsets.of(known) : new Position(ends.getOrDefault(named(partition), 0L), -1));
    }
    return first;
  }

  private Map<TopicPartition, Long> ends(
      Consumer<byte[], byte[]> consumer, Set<TopicPartition> all) {
    return from == Start.LATEST ? consumer.endOffsets(all) : consumer.beginningOffsets(all);
  }

  private static TopicPartition named(Partition partition) {
    return new TopicPartition(partition.topic(), partition.number());
  }
}
