package io.handfast.artemis;

import io.handfast.message.BrokerAccessException;
import io.handfast.message.BrokerException;
import io.handfast.message.KnownIdException;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import org.apache.activemq.artemis.api.core.ActiveMQDuplicateIdException;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQInterruptedException;
import org.apache.activemq.artemis.api.core.ActiveMQSecurityException;
import org.jspecify.annotations.Nullable;

/**
 * Wraps calls of the Artemis client so that each failure is one exception type.
 *
 * <p>They also throw unchecked exceptions: where a thread is interrupted, where a session is closed
 * by another thread, and where the body of a large message does not arrive. None of them says
 * anything about the message, so each becomes what a lost connection is.
 */
final class CoreCalls {

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

  private CoreCalls() {}

  static <T> T call(Call<T> call) throws BrokerException {
    try {
      return call.call();
    } catch (ActiveMQException | JMSException e) {
      throw failure(e);
    } catch (ActiveMQInterruptedException e) {
      throw new BrokerException("interrupted", e);
    } catch (RuntimeException e) {
      throw e.getCause() instanceof ActiveMQException cause
          ? failure(cause)
          : failure("the broker's client failed: " + e, e);
    }
  }

  static void run(Run run) throws BrokerException {
    call(
        () -> {
          run.run();
          return true;
        });
  }

  /** What a failure of the broker's clients stands for. */
  static BrokerException failure(Exception cause) {
    return failure(cause.getMessage(), cause);
  }

  /** What a failure of the broker's clients stands for, in other words than its own. */
  static BrokerException failure(@Nullable String message, Exception cause) {
    if (cause instanceof ActiveMQSecurityException || cause instanceof JMSSecurityException) {
      return new BrokerAccessException(cause);
    }
    for (Throwable any = cause; any != null; any = any.getCause()) {
      if (any instanceof ActiveMQDuplicateIdException) {
        return new KnownIdException(cause);
      }
    }
    String text = String.valueOf(message);
    return new BrokerException(text, cause, Refusals.of(text, cause));
  }
}
