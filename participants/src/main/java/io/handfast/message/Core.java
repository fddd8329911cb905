package io.handfast.message;

import jakarta.jms.JMSException;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQInterruptedException;
import org.apache.activemq.artemis.jms.client.JMSExceptionHelper;

/**
 * Calls of the broker's own client, with JMS' exceptions.
 *
 * <p>That client also throws unchecked exceptions: where a thread is interrupted, where a session
 * is closed by another thread, and where the body of a large message does not arrive. None of them
 * says anything about the message, so each becomes what a lost connection is.
 */
final class Core {

  /** A call that answers. */
  @FunctionalInterface
  interface Call<T> {
    T call() throws ActiveMQException, JMSException;
  }

  /** A call that does not. */
  @FunctionalInterface
  interface Run {
    void run() throws ActiveMQException, JMSException;
  }

  private Core() {}

  static <T> T call(Call<T> call) throws JMSException {
    try {
      return call.call();
    } catch (ActiveMQException e) {
      throw JMSExceptionHelper.convertFromActiveMQException(e);
    } catch (ActiveMQInterruptedException e) {
      throw JMSExceptionHelper.convertFromActiveMQException(e);
    } catch (RuntimeException e) {
      if (e.getCause() instanceof ActiveMQException cause) {
        throw JMSExceptionHelper.convertFromActiveMQException(cause);
      }
      JMSException failed = new JMSException("the broker's client failed: " + e);
      failed.initCause(e);
      throw failed;
    }
  }

  static void run(Run run) throws JMSException {
    call(
        () -> {
          run.run();
          return true;
        });
  }
}
