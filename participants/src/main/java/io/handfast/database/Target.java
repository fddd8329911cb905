package io.handfast.database;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * The type that a database asks for at one parameter, and how a value of a message fits it: the
 * table of the README.
 *
 * @param type as the database calls it
 * @param scale of a {@link Kind#DECIMAL}, the most digits after the point
 */
record Target(Kind kind, String type, int scale) {

  /** What values of messages are told apart for. */
  enum Kind {
    /** Whole numbers. */
    INTEGER,
    /** Exact numbers with a scale. */
    DECIMAL,
    /** JSON documents. */
    JSON,
    /** Times, truth values and others that a JSON number means nothing for. */
    NO_NUMBER,
    /** Text, and all that the database reads from text by itself. */
    ANY
  }

  /** No type is known, or none that makes a difference. */
  static final Target OPEN = new Target(Kind.ANY, "", 0);

  static Target of(Kind kind, String type) {
    return new Target(kind, type, 0);
  }

  /**
   * The value to bind: a {@link BigInteger}, {@link BigDecimal}, {@link Boolean}, {@link String},
   * {@link JsonText} for a JSON document, or null.
   *
   * @throws PoisonException the type cannot hold the value as it is
   */
  @Nullable Object fit(Parameter parameter, @Nullable Object value) throws PoisonException {
    if (value == null) {
      return null;
    }
    if (kind == Kind.JSON) {
      return value instanceof String text
          ? new JsonText(JsonNodeFactory.instance.textNode(text).toString())
          : new JsonText(value.toString());
    }
    if (value instanceof Long number) {
      return number(parameter, BigDecimal.valueOf(number));
    }
    if (value instanceof BigInteger number) {
      return number(parameter, new BigDecimal(number));
    }
    if (value instanceof BigDecimal number) {
      return number(parameter, number);
    }
    return value instanceof JsonText json ? json.text() : value;
  }

  private Object number(Parameter parameter, BigDecimal number) throws PoisonException {
    try {
      return switch (kind) {
        case INTEGER -> number.toBigIntegerExact();
        case DECIMAL -> number.scale() > scale ? number.setScale(scale) : number;
        case NO_NUMBER -> throw new ArithmeticException();
        default -> number;
      };
    } catch (ArithmeticException e) {
      throw new PoisonException(
          "the number %s of %s does not fit the type %s".formatted(number, parameter, type), e);
    }
  }
}
