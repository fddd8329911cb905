package io.handfast.message;

import io.handfast.message.MessageSession.Subscriber;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientConsumer;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.utils.SelectorTranslator;

/**
 * Begins to consume from sources in a session.
 *
 * @param subscriber sees to it that subscriptions exist
 * @param targets finds queues
 */
record Consuming(ClientSession session, Subscriber subscriber, Targets targets) {

  /**
   * A consumer of a source.
   *
   * @throws TargetRefusedException the queue is none to take messages from
   */
  ClientConsumer of(Source source) throws BrokerException {
    if (source.queue() == null) {
      subscriber.subscribe(source);
      SimpleString queue = SimpleString.of(source.queueName());
      Core.run(() -> Targets.requireEmptying(session, queue));
      return Core.call(() -> session.createConsumer(queue));
    }
    SimpleString queue = Core.call(() -> targets.find(session, source.queue())).queue();
    String filter =
        source.selector() == null
            ? null
            : SelectorTranslator.convertToActiveMQFilterString(source.selector());
    Core.run(() -> Targets.requireEmptying(session, queue));
    return Core.call(() -> session.createConsumer(queue, SimpleString.of(filter)));
  }
}
