package io.handfast.peers.quarkus;

import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.XAConnection;
import jakarta.jms.XASession;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import jakarta.transaction.TransactionManager;
import org.messaginghub.pooled.jms.JmsPoolXAConnectionFactory;

/** Where one thread takes messages from, each in the transaction that the thread has begun. */
interface Source extends AutoCloseable {
  long PATIENCE_MILLIS = 1_000;

  /** The next message, or null if there was none for a while. */
  Message receive() throws JMSException, RollbackException, SystemException;

  @Override
  void close() throws JMSException;

  /**
   * Takes a session and a consumer from the pool for each message, which enlists them: as the tests
   * of quarkus-pooled-jms show it.
   */
  record Pooled(JmsPoolXAConnectionFactory pool, String queue) implements Source {
    @Override
    public Message receive() {
      try (JMSContext context = pool.createContext(Session.SESSION_TRANSACTED);
          JMSConsumer consumer = context.createConsumer(context.createQueue(queue))) {
        return consumer.receive(PATIENCE_MILLIS);
      }
    }

    @Override
    public void close() {}
  }

  /** Keeps one session and one consumer, and enlists the session in each transaction. */
  record Enlisted(
      TransactionManager transactions,
      XAConnection connection,
      XASession session,
      MessageConsumer consumer)
      implements Source {

    static Enlisted open(
        TransactionManager transactions, JmsPoolXAConnectionFactory factory, String queue)
        throws JMSException {
      XAConnection connection = factory.createXAConnection();
      try {
        XASession session = connection.createXASession();
        MessageConsumer consumer = session.createConsumer(session.createQueue(queue));
        connection.start();
        return new Enlisted(transactions, connection, session, consumer);
      } catch (JMSException | RuntimeException e) {
        connection.close();
        throw e;
      }
    }

    @Override
    public Message receive() throws JMSException, RollbackException, SystemException {
      transactions.getTransaction().enlistResource(session.getXAResource());
      return consumer.receive(PATIENCE_MILLIS);
    }

    @Override
    public void close() throws JMSException {
      connection.close();
    }
  }
}
