package io.handfast.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.input.JsonFields;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A message that a client wants sent. */
final class MessageInput {

  private static final Pattern HEADER = Pattern.compile("[A-Za-z_$][A-Za-z0-9_$]{0,127}");

  private MessageInput() {}

  /** The body: a text as it is, any other JSON as its text. */
  static String body(JsonFields fields) {
    JsonNode body = fields.node("body");
    if (body == null) {
      fields.reject("body", "is required");
      return "";
    }
    return body.isTextual() ? body.textValue() : body.toString();
  }

  /** The headers, whose names must be Java identifiers since JMS wants them so. */
  static Map<String, Object> headers(JsonFields fields, @Nullable JsonNode headers) {
    Map<String, Object> read = new LinkedHashMap<>();
    if (headers == null || !headers.isObject()) {
      return read;
    }
    for (Iterator<Map.Entry<String, JsonNode>> all = headers.fields(); all.hasNext(); ) {
      Map.Entry<String, JsonNode> header = all.next();
      Object value = value(header.getValue());
      if (!HEADER.matcher(header.getKey()).matches()
          || header.getKey().startsWith("JMS") && !header.getKey().startsWith("JMSXGroup")) {
        fields.reject(header.getKey(), "a name of letters, digits and _ that JMS does not reserve");
      } else if (value == null) {
        fields.reject(header.getKey(), "a text, a number or a boolean");
      } else {
        read.put(header.getKey(), value);
      }
    }
    return read;
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
    return node.isNumber() ? node.doubleValue() : null;
  }
}
