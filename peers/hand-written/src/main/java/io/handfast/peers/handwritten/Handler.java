package io.handfast.peers.handwritten;

import jakarta.jms.MessageConsumer;

/** What is done with the next message or messages of a session that is not committed yet. */
interface Handler {
  long PATIENCE_MILLIS = 1_000;

  /** Waits a while for a message. Returns whether the session is to be committed. */
  boolean handleNext(MessageConsumer consumer) throws Exception;
}
