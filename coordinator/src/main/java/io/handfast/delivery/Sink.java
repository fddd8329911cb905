package io.handfast.delivery;

import io.handfast.delivery.StatementApplication.Result;
import io.handfast.event.Event.UnitReceived;
import io.handfast.message.Message;
import java.util.List;

/** Where messages take effect. */
@FunctionalInterface
interface Sink {

  /** Where nothing is written: every message is applied by arriving. */
  Sink NONE = messages -> new Result(messages, List.of());

  /** Told before it applies the messages of a unit. */
  default void received(UnitReceived unit) {}

  /** Ends what it waits for, from another thread: the unit is given up. */
  default void abandon() {}

  /**
   * Applies what can be applied.
   *
   * @throws Exception the sink, not a message, is at fault
   */
  Result apply(List<Message> messages) throws Exception;
}
