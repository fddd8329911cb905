package io.handfast.api;

import io.handfast.message.ReceivedMessage;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A message as the wire shows it.
 *
 * @param body always a string; null for a message that has no text
 * @param attempt how many times the message was tried, this time included
 */
record MessageView(String id, @Nullable String body, Map<String, Object> headers, int attempt) {

  static List<MessageView> of(
      List<ReceivedMessage> messages, ToIntFunction<ReceivedMessage> attempt) {
    return messages.stream()
        .map(m -> new MessageView(m.id(), m.body(), headers(m), attempt.applyAsInt(m)))
        .toList();
  }

  private static Map<String, Object> headers(ReceivedMessage message) {
    Map<String, Object> headers = new TreeMap<>();
    message
        .headers()
        .forEach(
            (name, value) -> {
              if (value instanceof Number || value instanceof Boolean) {
                headers.put(name, value);
              } else if (value != null) {
                headers.put(name, value.toString());
              }
            });
    return headers;
  }
}
