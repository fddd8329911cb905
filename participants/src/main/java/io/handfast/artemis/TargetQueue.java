package io.handfast.artemis;

import io.handfast.message.TargetRefusedException;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.utils.CompositeAddress;
import org.jspecify.annotations.Nullable;

/**
 * The address and routing by which a message reaches one queue and no other.
 *
 * @param address the address of the queue
 * @param queue the queue
 * @param routing how the queue takes messages; the broker passes a queue of the other type over
 * @param filter which messages the queue takes; null for all
 */
record TargetQueue(
    SimpleString address, SimpleString queue, RoutingType routing, @Nullable QueueFilter filter) {

  /** Whether the broker puts a message into the queue; it drops others without an error. */
  boolean takes(ClientMessage message) {
    return filter == null || filter.takes(message);
  }

  /** Sees that the queue takes a message. */
  void requireTaken(String name, ClientMessage message) throws TargetRefusedException {
    if (filter != null && !filter.takes(message)) {
      throw new TargetRefusedException(
          name, "a queue that takes this message; its filter does not: " + filter.text());
    }
  }

  /** Sees that the queue takes every message. */
  void requireUnfiltered() throws TargetRefusedException {
    if (filter != null) {
      throw new TargetRefusedException(
          queue.toString(),
          "a queue that takes every message; this one has a filter: " + filter.text());
    }
  }

  /** {@code address::queue}, which the broker routes to that queue alone. */
  SimpleString qualified() {
    return CompositeAddress.toFullyQualified(address, queue);
  }
}
