package io.handfast.database;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.handfast.participant.Unicode;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * The type that the database expects for one statement parameter, and how a value is converted to
 * it: the table of docs/guides/deliveries.md.
 *
 * @param type as the database calls it
 * @param scale of a {@link Kind#DECIMAL}, the most digits after the point
 */
record ParameterTarget(Kind kind, String type, int scale) {

  /** What values of messages are told apart for. */
  enum Kind {
    /** Whole numbers. */
    INTEGER,
    /** Exact numbers with a scale. */
    DECIMAL,
    /** JSON documents. */
    JSON,
    /** Truth values. */
    TRUTH,
    /** Times and others that are given as text, and as no other value of JSON. */
    WRITTEN,
    /** Bytes, which may be given as text, too. */
    BYTES,
    /** Text, and all that the database reads from text by itself. */
    ANY
  }

  /** Longer numbers that are given as text are left to the database. */
  private static final int LONGEST_READ = 1_000;

  /** No type is known, or none that makes a difference. */
  static final ParameterTarget OPEN = new ParameterTarget(Kind.ANY, "", 0);

  static ParameterTarget of(Kind kind, String type) {
    return new ParameterTarget(kind, type, 0);
  }

  /**
   * The value to bind: a {@link Long}, {@link BigInteger}, {@link BigDecimal}, {@link Boolean},
   * {@link String}, {@link JsonText} for a JSON document, bytes as they are, or null. Where a type
   * cannot hold the bytes of a body, the statement is at fault and not the message: the database
   * says so. A header is of bytes in one message and of text in the next.
   *
   * @throws PoisonException the type cannot hold the value as it is
   */
  @Nullable Object fit(Parameter parameter, @Nullable Object value) throws PoisonException {
    if (value == null) {
      return null;
    }
    if (value instanceof byte[]) {
      boolean isKnown = !type.isEmpty();
      if (isKnown && kind != Kind.BYTES && parameter.source() == Parameter.Source.HEADER) {
        throw new PoisonException(
            "the header %s is bytes, which do not fit the type %s"
                .formatted(parameter.name(), type));
      }
      return value;
    }
    if (value instanceof Long number) {
      return kind == Kind.INTEGER || kind == Kind.ANY
          ? number
          : number(parameter, BigDecimal.valueOf(number));
    }
    if (value instanceof BigInteger number) {
      return number(parameter, new BigDecimal(number));
    }
    if (value instanceof BigDecimal number) {
      return number(parameter, number);
    }
    if (value instanceof Boolean) {
      return truth(parameter, value);
    }
    return text(parameter, value, value.toString());
  }

  private boolean isWritten() {
    return kind == Kind.WRITTEN || kind == Kind.BYTES;
  }

  private Object truth(Parameter parameter, Object value) throws PoisonException {
    if (isWritten()) {
      throw misfit("truth value", parameter, null);
    }
    return kind == Kind.JSON ? new JsonText(value.toString()) : value;
  }

  private Object text(Parameter parameter, Object value, String text) throws PoisonException {
    int half = Unicode.firstHalf(text);
    if (half > 0) {
      throw new PoisonException(
          "the text of %s is not Unicode: character %d is half of a pair"
              .formatted(parameter, half));
    }
    boolean isDocument = value instanceof JsonText;
    if (kind == Kind.JSON) {
      return isDocument ? value : new JsonText(JsonNodeFactory.instance.textNode(text).toString());
    }
    boolean isTree = isDocument && parameter.source() == Parameter.Source.FIELD;
    if (isTree && (isWritten() || kind == Kind.TRUTH)) {
      throw misfit("object or array", parameter, null);
    }
    if (kind == Kind.DECIMAL) {
      requireScale(parameter, text);
    }
    return text;
  }

  /** The database would round a number that is given as text, too; it says what is no number. */
  private void requireScale(Parameter parameter, String text) throws PoisonException {
    if (text.length() > LONGEST_READ) {
      return;
    }
    try {
      if (new BigDecimal(text.strip()).stripTrailingZeros().scale() > scale) {
        throw misfit("number " + text.strip(), parameter, null);
      }
    } catch (NumberFormatException e) {
      return; // the database has more ways to write one, and names the text that is none
    }
  }

  private Object number(Parameter parameter, BigDecimal number) throws PoisonException {
    try {
      return switch (kind) {
        case INTEGER -> number.toBigIntegerExact();
        case DECIMAL -> number.scale() > scale ? number.setScale(scale) : number;
        case JSON -> new JsonText(number.toString());
        case TRUTH, WRITTEN, BYTES -> throw new ArithmeticException();
        default -> number;
      };
    } catch (ArithmeticException e) {
      throw misfit("number " + number, parameter, e);
    }
  }

  private PoisonException misfit(String what, Parameter parameter, @Nullable Exception cause) {
    return new PoisonException(
        "the %s of %s does not fit the type %s".formatted(what, parameter, type), cause);
  }
}
