package io.handfast.message;

import io.handfast.participant.NamedXaResource;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The port to a session of a source whose partitions keep their messages, each at an offset, so
 * that a place of its own tells how far a partition was applied.
 *
 * <p>The source assigns partitions to sessions and takes them away, both inside {@link #receive}
 * and {@link #rest}. A partition that is newly assigned gives no messages before {@link #begin}.
 * Used as {@link SourceSession} says; {@link #commit()} keeps at the source how far the partitions
 * of {@link #received()} were received, and {@link #rollback()} has them begin {@link #again}. What
 * {@link SourceCapabilities} deny is never called.
 */
public interface PositionedSession extends SourceSession {

  /** The name of such sources in log, API and slots. */
  String SOURCE = "kafka";

  /**
   * A partition, told from one of the same name in another cluster, or of a topic that was deleted
   * and created again.
   *
   * @param cluster the cluster's own id
   * @param topicId the topic's own id
   * @param topic the topic's name
   * @param number from 0
   */
  record Partition(String cluster, String topicId, String topic, int number)
      implements Comparable<Partition> {

    /** In the order of their slots. */
    @Override
    public int compareTo(Partition other) {
      if (topicId.equals(other.topicId) && cluster.equals(other.cluster)) { // most of the time
        return Integer.compare(number, other.number);
      }
      int byTopic = (cluster + "/" + topicId).compareTo(other.cluster + "/" + other.topicId);
      return byTopic != 0 ? byTopic : Integer.compare(number, other.number);
    }

    /** What tells it from every other partition. */
    public String slot() {
      return "%s/%s/%d".formatted(namespace(), topicId, number);
    }

    /** The partition of a topic that has this slot. */
    public static Partition ofSlot(String slot, String topic) {
      String[] parts = slot.split("/");
      return new Partition(parts[1], parts[2], topic, Integer.parseInt(parts[3]));
    }

    /** What tells its cluster from every other. */
    public String namespace() {
      return SOURCE + "/" + cluster;
    }

    /** Its name for people, such as {@code orders/0}. */
    public String label() {
      return topic + "/" + number;
    }
  }

  /**
   * Where the next message of a partition is looked for.
   *
   * @param offset of the next message; there may be none at it, since offsets have gaps
   * @param epoch the leader epoch of the message before; -1 where it is not known
   */
  record Position(long offset, int epoch) {

    /** That of a partition which was added to the topic later, or whose topic was created again. */
    public static final Position BEGINNING = new Position(0, -1);
  }

  /**
   * The offsets that a partition has.
   *
   * @param start of the first message that is kept
   * @param end of the message that comes next
   */
  record Range(long start, long end) {}

  /**
   * How often the application of a message has failed.
   *
   * @param offset the message's
   * @param attempts that have failed
   */
  record Failed(long offset, int attempts) {

    public static final Failed NONE = new Failed(-1, 0);
  }

  /**
   * What a unit has received of a partition.
   *
   * @param partition the partition
   * @param next where the message after the last one received is looked for
   */
  record Advance(Partition partition, Position next) {}

  /**
   * Partitions that were assigned and wait for {@link #begin}, in the order of their slots; those
   * of a topic that was created again meanwhile are among them under their new identity.
   */
  List<Partition> assigned() throws BrokerException;

  /**
   * Where each partition that the topic has now begins for a group that has read nothing of it: at
   * what the source keeps for this group, such as of an earlier program; else where the
   * specification says, its beginning or its end. A partition that is added later, and all of a
   * topic that is created again, have {@link Position#BEGINNING} instead.
   */
  Map<Partition, Position> first() throws BrokerException;

  /**
   * Gives messages of a partition from this position on; without effect where it was taken away.
   *
   * @param failed what {@link Message#failures()} says of the message at that offset
   */
  void begin(Partition partition, Position from, Failed failed) throws BrokerException;

  /** Gives messages of a partition that have not failed. */
  default void begin(Partition partition, Position from) throws BrokerException {
    begin(partition, from, Failed.NONE);
  }

  /**
   * Gives no more messages of a partition before {@link #begin}; it is among {@link #assigned()}
   * again, where it was not taken away.
   */
  void again(Partition partition);

  /**
   * Leaves a partition that waits for {@link #begin} out of {@link #assigned()} for a time, while
   * the others go on; it is the session's still.
   */
  void rest(Partition partition, Duration time) throws BrokerException;

  /**
   * Takes up to {@code max} messages, as {@link SourceSession} says, each of a partition that has
   * begun.
   *
   * @throws PositionLostException the messages at a position are gone; the partition gives none
   *     before {@link #begin}
   */
  @Override
  List<Message> receive(int max, Duration wait) throws BrokerException;

  /**
   * What was received since {@link #settled()}, in the order of the partitions' slots. Partitions
   * that were taken away meanwhile are among it.
   */
  List<Advance> received();

  /**
   * Where partitions are behind offsets that hold no message, such as those of a transaction that
   * was rolled back, while no message came; each is told once. A position that is moved there is
   * not lost when the source removes what is before.
   */
  List<Advance> passed();

  /**
   * Keeps at the source how far partitions were applied, and returns when that is confirmed.
   *
   * @throws BrokerException this is not confirmed, as where the partitions were taken away
   */
  void keep(Collection<Advance> applied) throws BrokerException;

  /**
   * Tells the source how far partitions were applied, for people who ask it how far the group is.
   * Does not wait, may do it a second later, and says nothing where it fails: the next one tells
   * more.
   */
  void tell(Collection<Advance> applied);

  /** There are no branches here. */
  @Override
  default NamedXaResource xaResource() {
    throw new UnsupportedOperationException("no branches");
  }

  @Override
  default boolean setBranchTimeout(Duration timeout) {
    throw new UnsupportedOperationException("no branches");
  }

  @Override
  default List<Message> browse(String queue, int max) {
    throw new UnsupportedOperationException("no queues");
  }

  @Override
  default void unsubscribe(String subscription) {
    throw new UnsupportedOperationException("no subscriptions");
  }

  @Override
  default void send(String queue, String body, Map<String, Object> headers) {
    throw new UnsupportedOperationException("takes no messages");
  }

  @Override
  default void send(String queue, MessageCopy copy) {
    throw new UnsupportedOperationException("takes no messages");
  }

  @Override
  default boolean takes(String queue, MessageCopy copy) {
    throw new UnsupportedOperationException("takes no messages");
  }

  @Override
  default void requireKept(String queue) throws BrokerException {
    throw new TargetRefusedException(
        queue, "a queue of the source of this unit, which is a topic that takes no messages here");
  }

  @Override
  default SendAcceptance commitOnce(String id) {
    throw new UnsupportedOperationException("takes no messages");
  }

  /** It hands every message out. */
  @Override
  default void requireConsumer() {
    // Nothing closes it.
  }

  /** Keeps how far the partitions of {@link #received()} were received. */
  @Override
  default void commit() throws BrokerException {
    keep(received());
  }

  /**
   * Receives nothing for a time, and stays the owner of its partitions: a session that neither
   * receives nor rests loses them. Ends early with {@link #wakeUp()}.
   */
  void rest(Duration time) throws BrokerException;
}
