package io.handfast.message;

import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import org.apache.activemq.artemis.api.core.ActiveMQDuplicateIdException;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQSecurityException;
import org.jspecify.annotations.Nullable;

/**
 * A call that the broker did not answer, or refused; the message is the broker's or its client's.
 *
 * <p>Subclasses say what a caller can do about it. Whether a refusal is final, {@link Refusal}
 * tells.
 */
public class BrokerException extends Exception {

  private static final long serialVersionUID = 1L;

  public BrokerException(String message) {
    super(message);
  }

  public BrokerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Whether what was to be committed has an id that the broker knows: it is there already. */
  public boolean isOfKnownId() {
    for (Throwable cause = this; cause != null; cause = cause.getCause()) {
      if (cause instanceof ActiveMQDuplicateIdException) {
        return true;
      }
    }
    return false;
  }

  /** What a failure of the broker's own client stands for. */
  static BrokerException of(ActiveMQException failure) {
    return failure instanceof ActiveMQSecurityException
        ? new BrokerAccessException(failure)
        : new BrokerException(failure.getMessage(), failure);
  }

  /** What a failure of the broker's JMS client stands for. */
  static BrokerException of(JMSException failure) {
    return failure instanceof JMSSecurityException
        ? new BrokerAccessException(failure)
        : new BrokerException(failure.getMessage(), failure);
  }
}
