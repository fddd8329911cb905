package io.handfast.kafka;

import io.handfast.message.PositionedSession.Position;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

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

  static Position of(OffsetAndMetadata kept) {
    return new Position(kept.offset(), kept.leaderEpoch().orElse(-1));
  }

  static String note(String topicId) {
    return NOTE + topicId;
  }

  /** Whether Handfast has kept it of another topic of this name. */
  static boolean isOfAnotherTopic(OffsetAndMetadata kept, String topicId) {
    return kept.metadata().startsWith(NOTE) && !kept.metadata().equals(note(topicId));
  }
}
