package io.handfast.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.handfast.message.Message;
import io.handfast.message.MessageBody;
import io.handfast.message.MessageHeaders;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A message as the wire shows it.
 *
 * @param body always a string: the text, or bytes that are not UTF-8 in base64; null for a message
 *     that has neither
 * @param encoding {@code base64} where the body is; left out for a text
 * @param contentType what kind of bytes a body in base64 has; left out for a text
 * @param problem why the body cannot be shown; left out where it can, and where there is none
 * @param attempt how many times the message was tried, this time included
 */
record MessageView(
    String id,
    @Nullable String body,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String encoding,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String contentType,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String problem,
    Map<String, Object> headers,
    int attempt) {

  static final String BASE64 = "base64";

  static List<MessageView> of(List<Message> messages, ToIntFunction<Message> attempt) {
    return messages.stream().map(m -> of(m, attempt.applyAsInt(m))).toList();
  }

  private static MessageView of(Message message, int attempt) {
    MessageBody content = message.content();
    boolean isBinary = content.binary() != null;
    return new MessageView(
        message.id(),
        isBinary ? Base64.getEncoder().encodeToString(content.binary()) : content.text(),
        isBinary ? BASE64 : null,
        isBinary ? message.contentType() : null,
        content.problem(),
        headers(message),
        attempt);
  }

  private static Map<String, Object> headers(Message message) {
    Map<String, Object> headers = new TreeMap<>();
    Map<String, Object> all = new LinkedHashMap<>(message.headers());
    if (message.place() != null) {
      all.putAll(MessageHeaders.ofOrigin(message));
    }
    MessageHeaders.OF_LEASES.stream()
        .filter(name -> name.startsWith("sqs.")) // null where its source says nothing of it
        .forEach(name -> all.put(name, message.header(name)));
    all.forEach(
        (name, value) -> {
          if (value instanceof Number || value instanceof Boolean) {
            headers.put(name, value);
          } else if (value instanceof byte[] bytes) {
            headers.put(name, Base64.getEncoder().encodeToString(bytes));
          } else if (value != null) {
            headers.put(name, value.toString());
          }
        });
    return headers;
  }
}
