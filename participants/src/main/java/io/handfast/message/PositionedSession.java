package io.handfast.message;

import java.util.List;

/**
 * The port to a session of a source whose partitions keep their messages, each at an offset, so
 * that a place of its own tells how far a partition was applied.
 *
 * <p>The source assigns partitions to sessions and takes them away, both inside {@link #receive}. A
 * partition that is newly assigned gives no messages before {@link #begin}. Used as {@link
 * SourceSession} says.
 */
public interface PositionedSession extends SourceSession {

  /**
   * A partition, told from one of the same name in another cluster, or of a topic that was deleted
   * and created again.
   *
   * @param cluster the cluster's own id
   * @param topicId the topic's own id
   * @param topic the topic's name
   * @param number from 0
   */
  record Partition(String cluster, String topicId, String topic, int number) {}

  /**
   * Where the next message of a partition is looked for.
   *
   * @param offset of the next message; there may be none at it, since offsets have gaps
   * @param epoch the leader epoch of the message before; -1 where it is not known
   */
  record Position(long offset, int epoch) {}

  /**
   * What a unit has received of a partition.
   *
   * @param partition the partition
   * @param next where the message after the last one received is looked for
   */
  record Advance(Partition partition, Position next) {}

  /** Partitions that were assigned and wait for {@link #begin}, in the order of their slots. */
  List<Partition> assigned() throws BrokerException;

  /**
   * Where a partition begins that no position is known of: at what the source keeps for this group
   * of consumers; else where the specification says, its beginning or its end; and at its beginning
   * where it was added to the topic later.
   */
  Position first(Partition partition) throws BrokerException;

  /** Gives messages of a partition from this position on; without effect where it was taken away. */
  void begin(Partition partition, Position from) throws BrokerException;

  /**
   * Gives no more messages of a partition before {@link #begin}; it is among {@link #assigned()}
   * again, where it was not taken away.
   */
  void again(Partition partition);

  /**
   * What was received since {@link #settled()}, in the order of the partitions' slots. Partitions
   * that were taken away meanwhile are among it.
   */
  List<Advance> received();
}
