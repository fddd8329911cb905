package io.handfast.database;

import org.jspecify.annotations.Nullable;

/** The values that one message offers to the parameters of a statement. */
@FunctionalInterface
public interface ParameterValues {

  /**
   * The value of a parameter: a {@link Long}, {@link java.math.BigInteger}, {@link
   * java.math.BigDecimal}, {@link Boolean}, {@link String}, {@link JsonText}, an array of bytes, or
   * null where the message has none.
   *
   * @throws PoisonException the message cannot be read; asking again gives the same answer
   */
  @Nullable Object value(Parameter parameter) throws PoisonException;
}
