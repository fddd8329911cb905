package io.handfast.artemis;

import io.handfast.concurrent.Threads;
import io.handfast.message.BrokerException;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientSession;

/**
 * Acknowledges the messages of a session until its connection is about to be closed.
 *
 * <p>Artemis rolls back what a lost connection has in flight while it may still handle an
 * acknowledgement of it. That one joins the transaction that is rolled back already, and its
 * message is delivered no more until the broker is started again (Artemis 2.53 to 2.56, {@code
 * ServerSessionImpl.individualAcknowledge}). So a connection is lost after the broker has handled
 * its acknowledgements.
 *
 * <p>The lock here is held during a call to the broker, which may hang. Therefore it is no other
 * object's, and the thread that waits for it is one that is not waited for without a bound.
 */
final class AcknowledgementGate {

  /** A broker that takes longer does not work; its connections are lost as they are. */
  private static final long HANDLED_MILLIS = 1_000;

  private final ClientSession session;
  private boolean isOver;

  AcknowledgementGate(ClientSession session) {
    this.session = session;
  }

  /**
   * Acknowledges a message, unless that is over: nothing would wait for the broker to handle it.
   */
  synchronized void acknowledge(ClientMessage message) throws BrokerException {
    if (isOver) {
      throw new BrokerException("the session was closed", null);
    }
    CoreCalls.run(message::individualAcknowledge);
  }

  private synchronized void acknowledgeNoMore() {
    isOver = true;
  }

  /**
   * Acknowledges no more, and waits until the broker has handled what was acknowledged: for a
   * second at most, whatever the thread of the session is doing.
   */
  void end() {
    Thread ending = Threads.start("session-end", this::awaitHandled);
    boolean isInterrupted = Thread.interrupted(); // the message matters all the same
    try {
      ending.join(HANDLED_MILLIS);
    } catch (InterruptedException e) {
      isInterrupted = true;
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The broker handles what a session sends in turn, so an answer comes after all before it. */
  private void awaitHandled() {
    acknowledgeNoMore();
    try {
      CoreCalls.call(() -> session.addressQuery(SimpleString.of(IdClaims.ADDRESS)));
    } catch (BrokerException e) {
      // The connection is lost already, or will be: there is no more to wait for.
    }
  }
}
