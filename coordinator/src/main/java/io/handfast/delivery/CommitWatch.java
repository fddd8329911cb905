package io.handfast.delivery;

import io.handfast.message.Message;
import java.util.List;

/**
 * Is told of messages that took effect, by the consumer that knows it, before it goes on.
 *
 * <p>Called by many threads.
 */
@FunctionalInterface
public interface CommitWatch {

  /** Looks away. */
  CommitWatch NONE = messages -> {};

  /** A unit is over: these messages of it have been applied, and are settled. */
  void committed(List<Message> messages);
}
