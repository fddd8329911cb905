package io.handfast.commit;

import io.handfast.message.Message;
import java.time.Duration;

/** Begins units of work one after the other, on the same sessions. Used by one thread at a time. */
@FunctionalInterface
public interface Units extends AutoCloseable {

  /** Begins a unit; the one before is over. */
  UnitOfWork begin() throws Exception;

  /**
   * Keeps a message that has failed where it is, and waits with it for its next attempt; the unit
   * that received it was rolled back.
   *
   * @param failures how often it has failed by now
   * @return false where this keeps nothing and does not wait
   */
  default boolean hold(Message message, int failures, Duration delay) throws Exception {
    return false;
  }

  /**
   * Waits while the broker takes nothing of what units send, and keeps the messages of the source
   * meanwhile; the unit that sent was rolled back.
   *
   * @return false where this does not wait, and the sessions are to be opened anew
   */
  default boolean awaitTarget(Duration pause) throws Exception {
    return false;
  }

  /** Ends what is kept from one unit to the next; not the sessions. */
  @Override
  default void close() {}
}
