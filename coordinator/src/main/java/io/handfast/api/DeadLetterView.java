package io.handfast.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.handfast.message.MessageHeaders;
import io.handfast.message.ReceivedMessage;
import io.handfast.queue.DeadLetters;
import org.jspecify.annotations.Nullable;

/**
 * A message that could not be applied.
 *
 * @param id the broker's id of this dead letter, by which it is replayed
 * @param message the id of the message that could not be applied
 * @param body the first 4,000 characters; left out for a message that has no text
 * @param truncated whether the body is longer
 * @param cause why its application failed the last time
 * @param source where a replay sends it; left out where it does not say, and cannot be replayed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record DeadLetterView(
    String id,
    String message,
    @Nullable String body,
    boolean truncated,
    @Nullable String cause,
    int failures,
    @Nullable String failedAt,
    @Nullable String delivery,
    @Nullable String source) {

  private static final int LONGEST_BODY = 4_000;

  static DeadLetterView of(ReceivedMessage message) {
    String body = message.body();
    boolean isLong = body != null && body.length() > LONGEST_BODY;
    return new DeadLetterView(
        String.valueOf(message.header("JMSMessageID")),
        message.id(),
        isLong ? body.substring(0, LONGEST_BODY) : body,
        isLong,
        text(message, MessageHeaders.CAUSE),
        message.failures(),
        text(message, MessageHeaders.FAILED_AT),
        text(message, MessageHeaders.DELIVERY),
        DeadLetters.sourceOf(message));
  }

  private static @Nullable String text(ReceivedMessage message, String header) {
    Object value = message.headers().get(header);
    return value == null ? null : value.toString();
  }
}
