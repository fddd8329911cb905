package io.handfast.artemis;

import io.handfast.message.BrokerException;
import io.handfast.message.Source;
import io.handfast.message.TargetRefusedException;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientConsumer;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.jms.client.ActiveMQSession;
import org.apache.activemq.artemis.utils.SelectorTranslator;
import org.jspecify.annotations.Nullable;

/**
 * Begins to consume from sources in a session.
 *
 * @param jms the session, which alone can see to it that a durable subscription exists
 * @param targets finds queues
 */
record ConsumerOpening(Session jms, TargetQueues targets) {

  ClientSession session() {
    return ((ActiveMQSession) jms).getCoreSession();
  }

  /**
   * A consumer of a source.
   *
   * @throws TargetRefusedException the queue is none to take messages from
   */
  ClientConsumer of(Source source) throws BrokerException {
    SimpleString queue = queueOf(source);
    CoreCalls.run(() -> TargetQueues.requireEmptying(session(), queue));
    return CoreCalls.call(() -> session().createConsumer(queue, filterOf(source)));
  }

  private SimpleString queueOf(Source source) throws BrokerException {
    if (source.queue() == null) {
      CoreCalls.run(() -> subscribe(source));
      return SimpleString.of(source.queueName());
    }
    return CoreCalls.call(() -> targets.find(session(), source.queue())).queue();
  }

  private void subscribe(Source source) throws JMSException {
    jms.createSharedDurableConsumer(
            jms.createTopic(source.topic()), source.subscription(), source.selector())
        .close();
  }

  /** None for a subscription, whose own queue has the selector as its filter. */
  private static @Nullable SimpleString filterOf(Source source) {
    return source.queue() == null || source.selector() == null
        ? null
        : SimpleString.of(SelectorTranslator.convertToActiveMQFilterString(source.selector()));
  }
}
