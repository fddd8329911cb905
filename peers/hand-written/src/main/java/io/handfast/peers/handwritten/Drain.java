package io.handfast.peers.handwritten;

import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;

/** Takes up to so many messages and does nothing with them: what the broker alone costs. */
record Drain(int batch) implements Handler {
  private static final long PATIENCE_FOR_MORE_MILLIS = 100;

  @Override
  public boolean handleNext(MessageConsumer consumer) throws JMSException {
    if (consumer.receive(PATIENCE_MILLIS) == null) {
      return false;
    }
    int received = 1;
    while (received < batch && consumer.receive(PATIENCE_FOR_MORE_MILLIS) != null) {
      received++;
    }
    return true;
  }
}
