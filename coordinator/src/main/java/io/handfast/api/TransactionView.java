package io.handfast.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.handfast.coordination.ClientTransaction;
import io.handfast.input.WireName;
import io.handfast.transaction.ErrorText;
import io.handfast.transaction.Outcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transaction as the wire shows it.
 *
 * @param participants who takes part, by name
 * @param expires when it is rolled back unless it is settled, in ISO-8601; left out for one that an
 *     earlier process has ended
 * @param messages messages in flight
 * @param reason why it did not commit; left out where it did or may
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TransactionView(
    String id,
    String status,
    List<String> participants,
    @Nullable String expires,
    int messages,
    @Nullable String reason) {

  static TransactionView of(ClientTransaction transaction) {
    return new TransactionView(
        transaction.id(),
        WireName.of(transaction.status()),
        transaction.participants(),
        transaction.expires() == null ? null : transaction.expires().toString(),
        transaction.messageCount(),
        transaction.outcome().map(TransactionView::reason).orElse(null));
  }

  private static @Nullable String reason(Outcome outcome) {
    Throwable cause = outcome.cause();
    return cause == null || outcome instanceof Outcome.Decided ? null : ErrorText.readable(cause);
  }
}
