package io.handfast.delivery;

import io.handfast.database.DatabaseSession;
import io.handfast.database.Dialect;
import io.handfast.database.JsonValues;
import io.handfast.database.Parameter;
import io.handfast.database.ParameterValues;
import io.handfast.database.PoisonException;
import io.handfast.database.SqlFailure;
import io.handfast.database.StatementTemplate;
import io.handfast.message.ReceivedMessage;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Applies the statements of a delivery to messages, and finds the guilty ones by halving.
 *
 * <p>A batch is tried whole. When the data of some message makes it fail, the work goes back to a
 * savepoint and the two halves are tried one after the other, down to single messages: neighbours
 * of a poison message cost time and nothing else. The savepoint is SQL, inside the branch.
 */
final class StatementApplication {

  /**
   * A message that cannot be applied.
   *
   * @param isHopeless whether waiting cannot help, since the message itself cannot be read
   */
  record Refused(ReceivedMessage message, String cause, boolean isHopeless) {}

  /** What became of a batch; both lists are in the order of arrival. */
  record Result(List<ReceivedMessage> applied, List<Refused> refused) {}

  private final List<StatementTemplate> statements;
  private final DatabaseSession session;
  private final Dialect dialect;

  StatementApplication(
      List<StatementTemplate> statements, DatabaseSession session, Dialect dialect) {
    this.statements = statements;
    this.session = session;
    this.dialect = dialect;
  }

  /**
   * Applies what can be applied.
   *
   * @throws SQLException the database, not a message, is at fault
   */
  Result apply(List<ReceivedMessage> messages) throws SQLException {
    Result result = new Result(new ArrayList<>(), new ArrayList<>());
    applyOrHalve(messages, result);
    return result;
  }

  private void applyOrHalve(List<ReceivedMessage> messages, Result result) throws SQLException {
    Refused guilty = tryTogether(messages);
    if (guilty == null) {
      result.applied().addAll(messages);
      return;
    }
    session.rollbackToSavepoint();
    if (messages.size() == 1) {
      result.refused().add(guilty);
      return;
    }
    int half = messages.size() / 2;
    applyOrHalve(messages.subList(0, half), result);
    applyOrHalve(messages.subList(half, messages.size()), result);
  }

  /** Null on success; else the failure, as if the first message were the guilty one. */
  private @Nullable Refused tryTogether(List<ReceivedMessage> messages) throws SQLException {
    try {
      session.executeUndoably(
          statements, messages.stream().map(StatementApplication::values).toList());
      return null;
    } catch (PoisonException e) {
      return new Refused(messages.get(0), String.valueOf(e.getMessage()), true);
    } catch (SQLException e) {
      if (dialect.classify(e) != SqlFailure.POISON) {
        throw e;
      }
      return new Refused(messages.get(0), readable(e), false);
    }
  }

  private static String readable(SQLException e) {
    SQLException last = e;
    while (last.getNextException() != null) {
      last = last.getNextException();
    }
    return last.getMessage() + " (SQLSTATE " + last.getSQLState() + ")";
  }

  private static ParameterValues values(ReceivedMessage message) {
    String body = message.body();
    if (body != null) {
      return new JsonValues(message.id(), body, message::header);
    }
    JsonValues bodiless = new JsonValues(message.id(), "", message::header);
    return parameter -> {
      if (parameter.source() == Parameter.Source.FIELD
          || parameter.source() == Parameter.Source.MESSAGE_BODY) {
        throw new PoisonException("the message is neither text nor bytes, so it has no body");
      }
      return bodiless.value(parameter);
    };
  }
}
