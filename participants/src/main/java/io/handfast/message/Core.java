package io.handfast.message;

import jakarta.jms.JMSException;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQInterruptedException;

/**
 * Calls of the broker's clients, with one exception for all that goes wrong.
 *
 * <p>They also throw unchecked exceptions: where a thread is interrupted, where a session is closed
 * by another thread, and where the body of a large message does not arrive. None of them says
 * anything about the message, so each becomes what a lost connection is.
 */
final class Core {

  /** A call that answers. */
  @FunctionalInterface
  interface Call<T> {
    T call() throws ActiveMQException, JMSException, BrokerException;
  }

  /** A call that does not. */
  @FunctionalInterface
  interface Run {
    void run() throws ActiveMQException, JMSException, BrokerException;
  }

  private Core() {}

  static <T> T call(Call<T> call) throws BrokerException {
    try {
      return call.call();
    } catch (ActiveMQException e) {
      throw BrokerException.of(e);
    } catch (JMSException e) {
      throw BrokerException.of(e);
    } catch (ActiveMQInterruptedException e) {
      throw new BrokerException("interrupted", e);
    } catch (RuntimeException e) {
      throw e.getCause() instanceof ActiveMQException cause
          ? BrokerException.of(cause)
          : new BrokerException("the broker's client failed: " + e, e);
    }
  }

  static void run(Run run) throws BrokerException {
    call(
        () -> {
          run.run();
          return true;
        });
  }
}
