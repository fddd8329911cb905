package io.handfast.message;

import io.handfast.message.PositionedSession.Partition;
import io.handfast.message.PositionedSession.Range;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The port to one kind of source: its capabilities and its sessions. Safe for use by many threads.
 *
 * <p>Each session stands alone: one that breaks takes no other along.
 */
public interface SourceConnector {

  /** What sources of this kind can do. */
  SourceCapabilities capabilities();

  /** Why a text is no selector of this kind of source, or null where it is one. */
  @Nullable String selectorProblem(String selector);

  /**
   * The offsets that the partitions of a topic have now.
   *
   * @throws UnsupportedOperationException sources of this kind have no positions
   * @throws BrokerException the source cannot be asked now, or has no such topic
   */
  default Map<Partition, Range> ranges(String topic) throws BrokerException {
    throw new UnsupportedOperationException("sources of this kind have no positions");
  }

  /**
   * The first offset of each partition whose message is of a time or later; the end where none is.
   *
   * @throws UnsupportedOperationException sources of this kind have no positions
   * @throws BrokerException the source cannot be asked now, or has no such topic
   */
  default Map<Partition, Long> offsetsAt(String topic, Instant time) throws BrokerException {
    throw new UnsupportedOperationException("sources of this kind have no positions");
  }

  /**
   * Removes what the source itself keeps of how far a group has read a topic.
   *
   * @throws UnsupportedOperationException sources of this kind have no positions
   * @throws TargetRefusedException the group has consumers of this topic; nothing is removed
   * @throws BrokerException the source cannot be asked now, or has no such topic
   */
  default void forget(String topic, String group) throws BrokerException {
    throw new UnsupportedOperationException("sources of this kind have no positions");
  }

  /**
   * The state and the rules of a queue that leases its messages.
   *
   * @throws UnsupportedOperationException sources of this kind lease no messages
   * @throws BrokerException the source cannot be asked now, or has no such queue
   */
  default LeasedQueue leasedQueue(String queue) throws BrokerException {
    throw new UnsupportedOperationException("sources of this kind lease no messages");
  }

  /**
   * The requests to the source so far, by kind, each kind with 0 at first; empty where they cost
   * nothing.
   */
  default Map<String, Long> requests() {
    return Map.of();
  }

  /**
   * What there is to say of a topic and of the group that reads its partitions.
   *
   * @throws UnsupportedOperationException sources of this kind have no positions
   * @throws BrokerException the source cannot be asked now, or has no such topic
   */
  default GroupState group(String topic, String group) throws BrokerException {
    throw new UnsupportedOperationException("sources of this kind have no positions");
  }

  /** For how long a client may keep messages; empty where the source sets no bound. */
  default Optional<LeaseBound> leaseBound() {
    return Optional.empty();
  }

  /** Opens a session whose messages are acknowledged and sent by its own local commit. */
  SourceSession openLocal(Prefetch intake) throws BrokerException;

  /**
   * Opens a session whose messages are acknowledged and sent inside an XA branch.
   *
   * @throws UnsupportedOperationException sources of this kind have no branches
   */
  SourceSession openXa(Prefetch intake) throws BrokerException;

  /**
   * Opens a session at partitions that keep their messages.
   *
   * @throws UnsupportedOperationException sources of this kind have no positions
   */
  default PositionedSession openPositioned() throws BrokerException {
    throw new UnsupportedOperationException("sources of this kind have no positions");
  }
}
