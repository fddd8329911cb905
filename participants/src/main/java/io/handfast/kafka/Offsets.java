package io.handfast.kafka;

import io.handfast.message.PositionedSession.Advance;
import io.handfast.message.PositionedSession.Partition;
import io.handfast.message.PositionedSession.Position;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Positions as Kafka keeps them. It keeps them by the name of the topic, so a note of ours says
 * which topic of that name was meant.
 */
final class Offsets {

  private static final String NOTE = "handfast topic-id=";

  private Offsets() {}

  static OffsetAndMetadata of(Position position, String note) {
    Optional<Integer> epoch =
        position.epoch() < 0 ? Optional.empty() : Optional.of(position.epoch());
    return new OffsetAndMetadata(position.offset(), epoch, note);
  }

  /** As Kafka is to keep them. */
  static Map<TopicPartition, OffsetAndMetadata> of(Collection<Advance> applied) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    for (Advance one : applied) {
      Partition partition = one.partition();
      offsets.put(
          new TopicPartition(partition.topic(), partition.number()),
          of(one.next(), NOTE + partition.topicId()));
    }
    return offsets;
  }

  static Position of(OffsetAndMetadata kept) {
    return new Position(kept.offset(), kept.leaderEpoch().orElse(-1));
  }

  /** Whether Handfast has kept it of another topic of this name. */
  static boolean isOfAnotherTopic(OffsetAndMetadata kept, String topicId) {
    return kept.metadata().startsWith(NOTE) && !kept.metadata().equals(NOTE + topicId);
  }
}
