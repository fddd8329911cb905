package io.handfast.database;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The parameter values of one message, from the fields of its JSON body.
 *
 * <p>The body is parsed when the first field is asked for, so a statement that names no field takes
 * any body. Numbers are exact: integers are {@link Long} as far as they fit, all others {@link
 * BigDecimal}. Objects, arrays and the body are {@link JsonText}, null and missing fields are null.
 * Used by one thread.
 */
public final class JsonValues implements ParameterValues {

  /**
   * What JSON may hold. Jackson 2.21 takes texts up to 20,000,000 characters and numbers up to
   * 1,000; bodies are limited as a whole, and a number of as many digits as a database stores is
   * read fast.
   */
  public static final StreamReadConstraints LIMITS =
      StreamReadConstraints.builder()
          .maxStringLength(Integer.MAX_VALUE)
          .maxNumberLength(150_000)
          .build();

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(LIMITS)
                  .enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  /**
   * No database stores more digits, and written out in full a body of twelve characters, {@code
   * 1e999999999}, would fill the memory.
   */
  private static final int MAX_DIGITS = 131_072;

  private final Supplier<String> messageId;
  private final String body;
  private final Function<String, @Nullable Object> header;
  private @Nullable ObjectNode fields;

  public JsonValues(String messageId, String body, Function<String, @Nullable Object> header) {
    this(() -> messageId, body, header);
  }

  /**
   * The same of a message whose id takes time to build.
   *
   * @param messageId asked where a statement names it
   */
  public JsonValues(
      Supplier<String> messageId, String body, Function<String, @Nullable Object> header) {
    this.messageId = messageId;
    this.body = body;
    this.header = header;
  }

  @Override
  public @Nullable Object value(Parameter parameter) throws PoisonException {
    return switch (parameter.source()) {
      case MESSAGE_ID -> messageId.get();
      case MESSAGE_BODY -> new JsonText(body);
      case HEADER, PARTITION -> ofHeader(header.apply(parameter.name()));
      case FIELD -> ofField(parameter.name());
    };
  }

  private static @Nullable Object ofHeader(@Nullable Object value) {
    if (value == null || value instanceof Boolean || value instanceof byte[]) {
      return value;
    }
    if (value instanceof Long
        || value instanceof Integer
        || value instanceof Short
        || value instanceof Byte) {
      return ((Number) value).longValue();
    }
    if (value instanceof Double || value instanceof Float) {
      return Double.isFinite(((Number) value).doubleValue())
          ? new BigDecimal(value.toString())
          : value.toString();
    }
    return value.toString();
  }

  private @Nullable Object ofField(String name) throws PoisonException {
    JsonNode value = fields().get(name);
    if (value == null || value.isNull()) {
      return null;
    }
    return switch (value.getNodeType()) {
      case STRING -> value.textValue();
      case BOOLEAN -> value.booleanValue();
      case NUMBER -> number(name, value);
      default -> new JsonText(value.toString());
    };
  }

  private static Object number(String name, JsonNode value) throws PoisonException {
    if (value.isIntegralNumber() && value.canConvertToLong()) {
      return value.longValue();
    }
    BigDecimal number = value.decimalValue();
    if (Math.abs((long) number.scale()) + number.precision() > MAX_DIGITS) {
      throw new PoisonException(
          "the number in field " + name + " is beyond what a database can hold");
    }
    return number;
  }

  private ObjectNode fields() throws PoisonException {
    if (fields == null) {
      fields = parse();
    }
    return fields;
  }

  private ObjectNode parse() throws PoisonException {
    try {
      JsonNode tree = JSON.readTree(body);
      if (tree instanceof ObjectNode object) {
        return object;
      }
      String found = tree.isMissingNode() ? "nothing" : tree.getNodeType().name().toLowerCase();
      throw new PoisonException("body is not a JSON object: it is " + found);
    } catch (JsonProcessingException e) {
      throw new PoisonException("body is not a JSON object: " + reason(e), e);
    }
  }

  private static String reason(JsonProcessingException e) {
    JsonLocation location = e.getLocation();
    String where =
        location == null
            ? ""
            : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    return e.getOriginalMessage() + where;
  }
}
