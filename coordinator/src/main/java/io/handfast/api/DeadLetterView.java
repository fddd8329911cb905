package io.handfast.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.handfast.database.DeadLetterTable;
import io.handfast.message.Message;
import io.handfast.message.MessageHeaders;
import io.handfast.queue.DeadLetters;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A message that could not be applied.
 *
 * @param id the broker's id of this dead letter, by which it is replayed
 * @param message the id of the message that could not be applied
 * @param body the first 4,000 characters, or the first 3,000 bytes in base64; left out for a
 *     message that has neither
 * @param encoding {@code base64} where the body is; left out for a text
 * @param truncated whether the body is longer
 * @param cause why its application failed the last time
 * @param source where a replay sends it; left out where it does not say, and cannot be replayed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record DeadLetterView(
    String id,
    String message,
    @Nullable String body,
    @Nullable String encoding,
    boolean truncated,
    @Nullable String cause,
    int failures,
    @Nullable String failedAt,
    @Nullable String delivery,
    @Nullable String source) {

  private static final int LONGEST_BODY = 4_000;

  private static final int MOST_BYTES = 3_000;

  static DeadLetterView of(Message message) {
    byte[] binary = message.content().binary();
    String text = message.body();
    return new DeadLetterView(
        String.valueOf(message.header("JMSMessageID")),
        message.id(),
        binary != null ? beginning(binary) : text == null ? null : beginning(text),
        binary != null ? MessageView.BASE64 : null,
        binary != null ? binary.length > MOST_BYTES : text != null && text.length() > LONGEST_BODY,
        text(message, MessageHeaders.CAUSE),
        message.failures(),
        text(message, MessageHeaders.FAILED_AT),
        text(message, MessageHeaders.DELIVERY),
        DeadLetters.sourceOf(message));
  }

  /** One in a table, whose id is its number there. */
  static DeadLetterView of(DeadLetterTable.Stored stored) {
    DeadLetterTable.Letter letter = stored.letter();
    byte[] binary = letter.body().binary();
    String text = letter.body().text();
    return new DeadLetterView(
        stored.number(),
        letter.origin().messageId(),
        binary != null ? beginning(binary) : text == null ? null : beginning(text),
        binary != null ? MessageView.BASE64 : null,
        binary != null ? binary.length > MOST_BYTES : text != null && text.length() > LONGEST_BODY,
        letter.failure().cause(),
        letter.failure().failures(),
        letter.failure().at().toString(),
        letter.delivery(),
        letter.origin().slot());
  }

  private static String beginning(byte[] binary) {
    byte[] shown = Arrays.copyOf(binary, Math.min(binary.length, MOST_BYTES));
    return Base64.getEncoder().encodeToString(shown);
  }

  private static String beginning(String text) {
    return text.substring(0, Math.min(text.length(), LONGEST_BODY));
  }

  private static @Nullable String text(Message message, String header) {
    Object value = message.headers().get(header);
    return value == null ? null : value.toString();
  }
}
