package io.handfast.peers.quarkus;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.jms.JMSException;
import jakarta.transaction.TransactionManager;
import org.apache.activemq.artemis.jms.client.ActiveMQXAConnectionFactory;
import org.jboss.narayana.jta.jms.JmsXAResourceRecoveryHelper;
import org.jboss.tm.XAResourceRecoveryRegistry;
import org.messaginghub.pooled.jms.JmsPoolXAConnectionFactory;

/**
 * The pool of broker connections, known to Narayana's recovery. It is put together as the extension
 * quarkus-pooled-jms does.
 */
@ApplicationScoped
class XaConnections {
  private final ActiveMQXAConnectionFactory provider;
  private final JmsPoolXAConnectionFactory pool = new JmsPoolXAConnectionFactory();

  XaConnections(
      PeerConfig config, TransactionManager transactions, XAResourceRecoveryRegistry recovery)
      throws JMSException {
    PeerConfig.Broker broker = config.broker();
    provider = new ActiveMQXAConnectionFactory(broker.url());
    provider.setUser(broker.user());
    provider.setPassword(broker.password());
    pool.setConnectionFactory(provider);
    pool.setTransactionManager(transactions);
    pool.setMaxConnections(config.consumers());
    pool.setConnectionIdleTimeout(0);
    JmsXAResourceRecoveryHelper helper = new JmsXAResourceRecoveryHelper(pool);
    recovery.addXAResourceRecovery(helper::getXAResources);
  }

  JmsPoolXAConnectionFactory pool() {
    return pool;
  }

  @PreDestroy
  void close() {
    pool.stop();
    provider.close();
  }
}
