package io.handfast.database;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Applies statements to messages in the order of the messages: all statements of the first, then
 * all of the second, so that a later message sees what an earlier one wrote.
 */
@FunctionalInterface
interface StatementRunner {

  void run(List<StatementTemplate> statements, List<? extends ParameterValues> messages)
      throws SQLException, PoisonException;

  /**
   * Runs the statements after a mark, and has what is deferred checked after them, all of it in one
   * round trip; or does nothing.
   *
   * @param mark SQL that the database has executed before any of the statements
   * @return whether it was done; false where it takes more than one round trip
   * @throws PoisonException a message cannot be read; nothing was sent, the mark neither
   */
  default boolean runMarked(
      String mark, List<StatementTemplate> statements, List<? extends ParameterValues> messages)
      throws SQLException, PoisonException {
    return false;
  }

  /** Binds the values of one message from a placeholder on; returns the next free placeholder. */
  static int bind(
      PreparedStatement to, int placeholder, StatementTemplate statement, ParameterValues message)
      throws SQLException, PoisonException {
    for (Parameter parameter : statement.parameters()) {
      bind(to, placeholder++, message.value(parameter));
    }
    return placeholder;
  }

  private static void bind(PreparedStatement to, int placeholder, @Nullable Object value)
      throws SQLException {
    if (value == null) {
      to.setNull(placeholder, Types.NULL);
    } else if (value instanceof Long number) {
      to.setLong(placeholder, number);
    } else if (value instanceof BigDecimal number) {
      to.setBigDecimal(placeholder, number);
    } else if (value instanceof BigInteger number) {
      to.setBigDecimal(placeholder, new BigDecimal(number));
    } else if (value instanceof Boolean truth) {
      to.setBoolean(placeholder, truth);
    } else {
      to.setString(placeholder, value.toString());
    }
  }
}
