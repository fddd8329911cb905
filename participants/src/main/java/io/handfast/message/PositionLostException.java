package io.handfast.message;

import io.handfast.message.PositionedSession.Partition;
import io.handfast.message.PositionedSession.Position;

/**
 * The messages at a position of a partition are gone, or are others now: an operator must say where
 * to go on.
 */
public final class PositionLostException extends BrokerException {

  private static final long serialVersionUID = 1L;

  private final transient Partition partition;
  private final transient Position position;

  /**
   * A loss.
   *
   * @param reason what became of the messages, with the offsets that the partition has now
   */
  public PositionLostException(Partition partition, Position position, String reason) {
    super(
        "partition %d of topic %s cannot go on at offset %d: %s"
            .formatted(partition.number(), partition.topic(), position.offset(), reason));
    this.partition = partition;
    this.position = position;
  }

  public Partition partition() {
    return partition;
  }

  /** Where the next message was looked for. */
  public Position position() {
    return position;
  }
}
