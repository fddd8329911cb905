package io.handfast.artemis;

import io.handfast.artemis.ArtemisSession.Subscriber;
import io.handfast.message.BrokerException;
import io.handfast.message.Source;
import io.handfast.message.TargetRefusedException;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientConsumer;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.utils.SelectorTranslator;
import org.jspecify.annotations.Nullable;

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
    SimpleString queue = queueOf(source);
    Core.run(() -> Targets.requireEmptying(session, queue));
    return Core.call(() -> session.createConsumer(queue, filterOf(source)));
  }

  private SimpleString queueOf(Source source) throws BrokerException {
    if (source.queue() == null) {
      subscriber.subscribe(source);
      return SimpleString.of(source.queueName());
    }
    return Core.call(() -> targets.find(session, source.queue())).queue();
  }

  /** None for a subscription, whose own queue has the selector as its filter. */
  private static @Nullable SimpleString filterOf(Source source) {
    return source.queue() == null || source.selector() == null
        ? null
        : SimpleString.of(SelectorTranslator.convertToActiveMQFilterString(source.selector()));
  }
}
