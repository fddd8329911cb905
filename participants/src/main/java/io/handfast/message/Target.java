package io.handfast.message;

import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.utils.CompositeAddress;

/**
 * What a message is sent to so that it reaches one queue and no other.
 *
 * @param address the address of the queue
 * @param queue the queue
 * @param routing how the queue takes messages; the broker passes a queue of the other type over
 */
record Target(SimpleString address, SimpleString queue, RoutingType routing) {

  /** {@code address::queue}, which the broker routes to that queue alone. */
  SimpleString qualified() {
    return CompositeAddress.toFullyQualified(address, queue);
  }
}
