package io.handfast.it.resilience.torture;

import io.handfast.it.harness.Broker;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.apache.activemq.artemis.api.core.ActiveMQDuplicateIdException;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/**
 * Sends numbered messages into the queue of a flow, each exactly once: a batch whose commit was not
 * confirmed is sent again, and the broker refuses it as a whole where it has it already.
 *
 * <p>Waits while the queue is long, so that it never grows without end while nobody works.
 */
final class Sender implements Runnable {
  private static final int BATCH = 20;
  private static final long LONG_QUEUE = 800;
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final Broker broker;
  private final Flow flow;
  private final long nanosPerBatch;
  private volatile long sent;
  private volatile boolean isStopped;
  private volatile boolean isUnconfirmed;
  private volatile boolean isDone;

  Sender(Broker broker, Flow flow, int perSecond) {
    this.broker = broker;
    this.flow = flow;
    this.nanosPerBatch = 1_000_000_000L * BATCH / perSecond;
  }

  /** Messages 1 to this are in the broker, or were. */
  long sent() {
    return sent;
  }

  Flow flow() {
    return flow;
  }

  /** Sends no more batches; one that may be in the broker is confirmed first. */
  void stop() {
    isStopped = true;
  }

  /** Whether it was stopped, and nothing it has sent is unconfirmed. */
  boolean isDone() {
    return isDone;
  }

  private boolean mayStop() {
    return isStopped && !isUnconfirmed;
  }

  @Override
  public void run() {
    while (!mayStop()) {
      try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(broker.url());
          Connection connection = factory.createConnection(broker.username(), broker.password())) {
        send(connection.createSession(Session.SESSION_TRANSACTED));
      } catch (JMSException | ActiveMQException e) {
        LockSupport.parkNanos(PAUSE.toNanos()); // away: the same batch again
      } catch (Exception e) {
        throw new IllegalStateException("the sender of " + flow.key() + " cannot go on", e);
      }
    }
    isDone = true;
  }

  private void send(Session session) throws Exception {
    Queue queue = session.createQueue(flow.key());
    MessageProducer producer = session.createProducer(queue);
    long next = System.nanoTime();
    while (!mayStop()) {
      if (sent % (LONG_QUEUE / 4) == 0) {
        awaitShortQueue();
      }
      isUnconfirmed = true;
      sendBatch(session, producer);
      sent += BATCH;
      isUnconfirmed = false;
      next = Math.max(next + nanosPerBatch, System.nanoTime() - nanosPerBatch);
      LockSupport.parkNanos(next - System.nanoTime());
    }
  }

  private void awaitShortQueue() throws Exception {
    while (!isStopped && broker.messageCount(flow.key()) > LONG_QUEUE) {
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private void sendBatch(Session session, MessageProducer producer) throws JMSException {
    try {
      for (long id = sent + 1; id <= sent + BATCH; id++) {
        Message message = session.createTextMessage(flow.body(id));
        message.setStringProperty("_AMQ_DUPL_ID", flow.key() + "-" + id);
        producer.send(message);
      }
      session.commit();
    } catch (JMSException e) {
      if (!isThereAlready(e)) {
        throw e;
      }
      session.rollback();
    }
  }

  private static boolean isThereAlready(JMSException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ActiveMQDuplicateIdException) {
        return true;
      }
    }
    return false;
  }
}
