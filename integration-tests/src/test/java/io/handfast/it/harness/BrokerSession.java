package io.handfast.it.harness;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.activemq.artemis.api.core.client.ActiveMQClient;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ServerLocator;
import org.apache.activemq.artemis.api.core.management.SimpleManagement;

/**
 * A session that is kept for questions to a broker, which tests ask again and again: a connection
 * for each costs many times the processor's time of its answer. A lost one is made again.
 */
final class BrokerSession {
  private static final Map<Broker, BrokerSession> KEPT = new ConcurrentHashMap<>();

  /** What is asked. */
  @FunctionalInterface
  interface Question<T> {
    T ask(ClientSession session, SimpleManagement management) throws Exception;
  }

  private final Broker broker;
  private ServerLocator locator;
  private ClientSession session;
  private SimpleManagement management;

  private BrokerSession(Broker broker) {
    this.broker = broker;
  }

  static <T> T ask(Broker broker, Question<T> question) throws Exception {
    return KEPT.computeIfAbsent(broker, BrokerSession::new).ask(question);
  }

  private synchronized <T> T ask(Question<T> question) throws Exception {
    if (locator != null) {
      try {
        return question.ask(session, management);
      } catch (Exception lost) {
        close();
      }
    }
    try {
      open();
      return question.ask(session, management);
    } catch (Exception e) {
      close();
      throw e;
    }
  }

  private void open() throws Exception {
    locator = ActiveMQClient.createServerLocator(broker.url());
    session =
        locator
            .createSessionFactory()
            .createSession(broker.username(), broker.password(), false, true, true, false, 0);
    management = new SimpleManagement(broker.url(), broker.username(), broker.password());
    management.setSession(session);
    session.start();
  }

  private void close() {
    if (locator != null) {
      locator.close();
      locator = null;
    }
  }
}
