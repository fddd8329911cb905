package io.handfast.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.input.JsonFields;
import io.handfast.participant.Unicode;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A message that a client wants sent. */
final class MessageInput {

  private static final Pattern HEADER = Pattern.compile("[A-Za-z_$][A-Za-z0-9_$]{0,127}");

  /** What a selector would take for a word of its own. */
  private static final Set<String> SELECTOR_WORDS =
      Set.of("AND", "BETWEEN", "ESCAPE", "FALSE", "IN", "IS", "LIKE", "NOT", "NULL", "OR", "TRUE");

  /** The broker keeps properties in one record of its journal, whose size is limited. */
  private static final int MOST_CHARACTERS = 65_536;

  private MessageInput() {}

  /** The body: a text as it is, any other JSON as its text. */
  static String body(JsonFields fields) {
    JsonNode body = fields.node("body");
    if (body == null) {
      fields.reject("body", "is required");
      return "";
    }
    String text = body.isTextual() ? body.textValue() : body.toString();
    if (Unicode.firstHalf(text) > 0) {
      fields.reject("body", "Unicode, without half of a surrogate pair: it would be another text");
    }
    return text;
  }

  /**
   * The headers, whose names must be Java identifiers since JMS wants them so.
   *
   * <p>Names that the broker or Handfast read are refused: with {@code _AMQ_ResourceName} a message
   * is a command to the broker, and {@code handfast_failures} is the count of failed applications.
   */
  static Map<String, Object> headers(JsonFields fields, @Nullable JsonNode headers) {
    Map<String, Object> read = new LinkedHashMap<>();
    if (headers == null || !headers.isObject()) {
      return read;
    }
    for (Iterator<Map.Entry<String, JsonNode>> all = headers.fields(); all.hasNext(); ) {
      Map.Entry<String, JsonNode> header = all.next();
      Object value = value(header.getValue());
      if (!HEADER.matcher(header.getKey()).matches() || isReserved(header.getKey())) {
        fields.reject(
            header.getKey(),
            "a name of letters, digits and _ that JMS, the broker and Handfast do not reserve");
      } else if (value == null) {
        fields.reject(header.getKey(), "a text, a number or a boolean");
      } else if (Unicode.firstHalf(value.toString()) > 0) {
        fields.reject(header.getKey(), "Unicode, without half of a surrogate pair");
      } else {
        read.put(header.getKey(), value);
      }
    }
    int size = read.entrySet().stream().mapToInt(MessageInput::size).sum();
    if (size > MOST_CHARACTERS) {
      fields.reject(
          JsonFields.ITSELF, "at most " + MOST_CHARACTERS + " characters in all names and values");
    }
    return read;
  }

  private static int size(Map.Entry<String, Object> header) {
    return header.getKey().length() + header.getValue().toString().length();
  }

  private static boolean isReserved(String name) {
    return name.startsWith("JMS") && !name.startsWith("JMSXGroup")
        || name.startsWith("_AMQ")
        || name.startsWith("handfast_")
        || SELECTOR_WORDS.contains(name.toUpperCase(Locale.ROOT));
  }

  private static @Nullable Object value(JsonNode node) {
    if (node.isTextual()) {
      return node.textValue();
    }
    if (node.isBoolean()) {
      return node.booleanValue();
    }
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      return node.longValue();
    }
    return node.isNumber() && Double.isFinite(node.doubleValue()) ? node.doubleValue() : null;
  }
}
