package io.handfast.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.handfast.delivery.PulledMessages;
import io.handfast.message.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a pull answers, and what is received inside a transaction.
 *
 * @param transaction settles the messages; left out under at-most-once, where they are settled, and
 *     inside a transaction
 * @param expires when they are given back unless they are settled, in ISO-8601
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record PulledView(
    @Nullable String transaction, @Nullable String expires, List<MessageView> messages) {

  static PulledView of(PulledMessages pulled) {
    List<MessageView> messages = MessageView.of(pulled.messages(), pulled.attempt());
    return pulled.transaction() == null
        ? new PulledView(null, null, messages)
        : new PulledView(
            pulled.transaction().id(), pulled.transaction().expires().toString(), messages);
  }

  /** Messages that were taken inside a transaction that the caller has begun. */
  static PulledView ofTransaction(List<Message> received) {
    return new PulledView(null, null, MessageView.of(received, message -> message.failures() + 1));
  }
}
