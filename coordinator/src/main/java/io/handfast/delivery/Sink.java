package io.handfast.delivery;

import io.handfast.delivery.StatementApplication.Result;
import io.handfast.message.Message;
import io.handfast.transaction.TransactionId;
import java.util.List;

/** Where messages take effect. */
@FunctionalInterface
interface Sink {

  /** Where nothing is written: every message is applied by arriving. */
  Sink NONE = messages -> new Result(messages, List.of());

  /** Told first, under two-phase commit: the transaction of the unit. */
  default void begun(TransactionId id) {}

  /** Told before it applies the messages of a unit: where their traces go on. */
  default void traced(UnitTrace trace) {}

  /** Ends what it waits for, from another thread: the unit is given up. */
  default void abandon() {}

  /**
   * Applies what can be applied.
   *
   * @throws Exception the sink, not a message, is at fault
   */
  Result apply(List<Message> messages) throws Exception;
}
