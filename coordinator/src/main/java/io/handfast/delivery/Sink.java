package io.handfast.delivery;

import io.handfast.commit.UnitOfWork;
import io.handfast.delivery.StatementApplication.Result;
import io.handfast.message.Message;
import java.util.List;

/** The port to where messages take effect: statements, a handler, or both. */
@FunctionalInterface
interface Sink {

  /** Where nothing is written: every message is applied by arriving. */
  Sink NONE = (work, batch, messages) -> new Result(messages, List.of());

  /**
   * Applies what can be applied.
   *
   * @param batch of which the messages are a part
   * @throws Exception the sink, not a message, is at fault
   */
  Result apply(UnitOfWork work, Batch batch, List<Message> messages) throws Exception;

  /** Ends what it waits for, from another thread: the unit is given up. */
  default void abandon() {}
}
