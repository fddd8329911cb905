package io.handfast.delivery;

import io.handfast.delivery.StatementApplication.Result;
import io.handfast.message.ReceivedMessage;
import java.util.List;

/** Where messages take effect. */
@FunctionalInterface
interface Sink {

  /** Where nothing is written: every message is applied by arriving. */
  Sink NONE = messages -> new Result(messages, List.of());

  /**
   * Applies what can be applied.
   *
   * @throws Exception the sink, not a message, is at fault
   */
  Result apply(List<ReceivedMessage> messages) throws Exception;
}
