package io.handfast.delivery;

import io.handfast.database.DatabaseSession;
import io.handfast.database.JsonValues;
import io.handfast.database.Parameter;
import io.handfast.database.ParameterValues;
import io.handfast.database.PoisonException;
import io.handfast.database.SqlFailure;
import io.handfast.database.TransactionLeftException;
import io.handfast.message.Message;
import io.handfast.message.MessageBody;
import io.handfast.message.Source;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Applies the statements of a delivery to messages, and isolates failing messages by halving the
 * batch.
 *
 * <p>A batch is tried whole. When the data of some message makes it fail, the work goes back to a
 * savepoint and the two halves are tried one after the other, down to single messages: neighbours
 * of a poison message cost time and nothing else. The savepoint is SQL, inside the branch. A
 * failure that may be the schema's counts against a message where another one goes through ({@link
 * Suspects}).
 */
final class StatementApplication {

  /** The key of a record, in the place of a field of that name. */
  private static final Parameter KEY = new Parameter(Parameter.Source.FIELD, "key");

  /** Of a record of bytes, its body. */
  private static final Parameter BODY = new Parameter(Parameter.Source.FIELD, "body");

  /**
   * A message that cannot be applied.
   *
   * @param isHopeless whether waiting cannot help, since the message itself cannot be read
   */
  record Refused(Message message, String cause, boolean isHopeless) {}

  /** What went wrong with a message; and how, where it may be the schema's fault as well. */
  private record Failure(Refused refused, @Nullable SQLException suspect) {}

  /** What became of a batch; both lists are in the order of arrival. */
  record Result(List<Message> applied, List<Refused> refused) {}

  private final DeliverySpecification.Sink sink;
  private final DatabaseSession session;
  private final SuspectMessages suspects;
  private final Map<String, SQLException> failedAlone = new LinkedHashMap<>();

  StatementApplication(
      DeliverySpecification.Sink sink, DatabaseSession session, SuspectMessages suspects) {
    this.sink = sink;
    this.session = session;
    this.suspects = suspects;
  }

  /**
   * Applies what can be applied.
   *
   * @throws SQLException the database, not a message, is at fault
   * @throws TransactionLeftException a statement has ended the transaction
   */
  Result apply(List<Message> messages) throws SQLException, TransactionLeftException {
    Result result = new Result(new ArrayList<>(), new ArrayList<>());
    failedAlone.clear();
    long begun = suspects.moment();
    for (List<Message> alike : runs(messages)) {
      applyOrHalve(alike, result);
    }
    if (!failedAlone.isEmpty()) {
      suspects.failed(failedAlone.keySet(), begun);
      suspects.wentThrough(result.applied());
      requireFault();
    }
    return result;
  }

  /** Messages of one kind of statements each, in their order. */
  private List<List<Message>> runs(List<Message> messages) {
    if (sink.onNull().isEmpty()) {
      return List.of(messages);
    }
    List<List<Message>> runs = new ArrayList<>();
    int begin = 0;
    for (int i = 1; i <= messages.size(); i++) {
      if (i == messages.size()
          || sink.statementsOf(messages.get(i)) != sink.statementsOf(messages.get(begin))) {
        runs.add(messages.subList(begin, i));
        begin = i;
      }
    }
    return runs;
  }

  /**
   * Sees that each is at fault. A message that was applied before one failed, in the same unit,
   * tells as much: with it the unit holds locks that keep its table from being changed.
   *
   * @throws SQLException one has failed where no other has gone through
   */
  private void requireFault() throws SQLException {
    for (Map.Entry<String, SQLException> failed : failedAlone.entrySet()) {
      if (!suspects.isAtFault(failed.getKey())) {
        SQLException cause = failed.getValue();
        throw new SQLException(
            "%s; no other message has gone through since, so the schema or a right may be at fault, and none is counted against message %s"
                .formatted(readable(cause), failed.getKey()),
            cause.getSQLState());
      }
    }
  }

  private void applyOrHalve(List<Message> messages, Result result)
      throws SQLException, TransactionLeftException {
    Failure guilty = tryTogether(messages);
    if (guilty == null) {
      result.applied().addAll(messages);
      return;
    }
    session.rollbackToSavepoint();
    if (messages.size() == 1) {
      result.refused().add(guilty.refused());
      if (guilty.suspect() != null) {
        failedAlone.put(guilty.refused().message().id(), guilty.suspect());
      }
      return;
    }
    int half = messages.size() / 2;
    applyOrHalve(messages.subList(0, half), result);
    applyOrHalve(messages.subList(half, messages.size()), result);
  }

  /** Null on success; else the failure, as if the first message were the guilty one. */
  private @Nullable Failure tryTogether(List<Message> messages) throws SQLException {
    try {
      session.executeUndoably(
          messages.isEmpty() ? sink.statements() : sink.statementsOf(messages.get(0)),
          messages.stream().map(this::values).toList(),
          sink.isRowExpected());
      return null;
    } catch (PoisonException e) {
      return new Failure(new Refused(messages.get(0), String.valueOf(e.getMessage()), true), null);
    } catch (SQLException e) {
      SqlFailure judged = session.classify(e);
      if (judged == SqlFailure.INFRASTRUCTURE) {
        throw e;
      }
      return new Failure(
          new Refused(messages.get(0), readable(e), false),
          judged == SqlFailure.SUSPECT ? e : null);
    }
  }

  private static String readable(SQLException e) {
    SQLException last = e;
    while (last.getNextException() != null) {
      last = last.getNextException();
    }
    return last.getMessage() + " (SQLSTATE " + last.getSQLState() + ")";
  }

  private ParameterValues values(Message message) {
    if (message.place() == null) {
      return valuesOfBody(message);
    }
    return sink.format() == Source.Format.BYTES ? valuesOfBytes(message) : valuesOfRecord(message);
  }

  /** Key and body as they are, and no field of either. */
  private static ParameterValues valuesOfBytes(Message message) {
    JsonValues others = new JsonValues(message.id(), "", message::header);
    return parameter -> {
      if (parameter.equals(KEY)) {
        return message.key() == null ? null : message.key().octets().binary();
      }
      if (parameter.equals(BODY) || parameter.source() == Parameter.Source.MESSAGE_BODY) {
        return message.content().octets().binary();
      }
      return isOfBody(parameter) ? null : others.value(parameter);
    };
  }

  /** A record has a key besides, and one without a body has no fields: it says so by that. */
  private static ParameterValues valuesOfRecord(Message message) {
    boolean isTombstone = message.content().equals(MessageBody.NONE);
    ParameterValues values = valuesOfBody(message);
    return parameter -> {
      if (parameter.equals(KEY)) {
        return key(message.key());
      }
      return isTombstone && isOfBody(parameter) ? null : values.value(parameter);
    };
  }

  private static @Nullable Object key(@Nullable MessageBody key) throws PoisonException {
    if (key == null) {
      return null;
    }
    if (key.text() == null) {
      throw new PoisonException("the key is not UTF-8");
    }
    return key.text();
  }

  private static boolean isOfBody(Parameter parameter) {
    return parameter.source() == Parameter.Source.FIELD
        || parameter.source() == Parameter.Source.MESSAGE_BODY;
  }

  private static ParameterValues valuesOfBody(Message message) {
    String body = message.body();
    if (body != null) {
      return new JsonValues(message::id, body, message::header);
    }
    JsonValues bodiless = new JsonValues(message::id, "", message::header);
    return parameter -> {
      if (isOfBody(parameter)) {
        throw new PoisonException(whyNoText(message.content()));
      }
      return bodiless.value(parameter);
    };
  }

  private static String whyNoText(MessageBody body) {
    if (body.problem() != null) {
      return body.problem();
    }
    return body.binary() == null ? "the message has no body" : "the body is not UTF-8";
  }
}
