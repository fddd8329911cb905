package io.handfast.peers.spring;

import jakarta.jms.ConnectionFactory;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.util.concurrent.CountDownLatch;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.jms.config.DefaultJmsListenerContainerFactory;
import org.springframework.jms.listener.DefaultMessageListenerContainer;
import org.springframework.transaction.jta.JtaTransactionManager;

/** Spring's listener containers, one message a JTA transaction; tells when all are subscribed. */
@Configuration(proxyBeanMethods = false)
class Consumers {
  private final PeerConfig config;
  private final CountDownLatch subscribed;

  Consumers(PeerConfig config) {
    this.config = config;
    this.subscribed = new CountDownLatch(config.consumers());
  }

  @Bean
  DefaultJmsListenerContainerFactory jmsListenerContainerFactory(
      ConnectionFactory connections, JtaTransactionManager transactions) {
    DefaultJmsListenerContainerFactory factory = new CountingFactory();
    factory.setConnectionFactory(connections);
    factory.setTransactionManager(transactions);
    factory.setSessionTransacted(true);
    factory.setConcurrency(config.consumers() + "-" + config.consumers());
    factory.setCacheLevelName(config.cacheLevel());
    return factory;
  }

  @EventListener(ApplicationReadyEvent.class)
  void sayWhenSubscribed() throws InterruptedException {
    subscribed.await();
    System.out.println("consuming");
  }

  private final class CountingFactory extends DefaultJmsListenerContainerFactory {
    @Override
    protected DefaultMessageListenerContainer createContainerInstance() {
      return new DefaultMessageListenerContainer() {
        @Override
        protected MessageConsumer createConsumer(Session session, Destination destination)
            throws JMSException {
          MessageConsumer consumer = super.createConsumer(session, destination);
          subscribed.countDown();
          return consumer;
        }
      };
    }
  }
}
