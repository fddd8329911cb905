package io.handfast.coordination;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.database.DatabaseSession;
import io.handfast.database.InvalidStatementException;
import io.handfast.database.JsonValues;
import io.handfast.database.ParameterValues;
import io.handfast.database.PoisonException;
import io.handfast.database.QueryLimits;
import io.handfast.database.StatementResult;
import io.handfast.database.StatementTemplate;
import io.handfast.database.TransactionLeftException;
import io.handfast.input.JsonFields;
import io.handfast.node.NodeConfig;
import io.handfast.node.Participants;
import io.handfast.transaction.RefusedException;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Runs statements of clients inside their transactions. Thread-safe. */
@Singleton
public class StatementCalls {

  private final ClientStatements allowed;
  private final Participants participants;
  private final QueryLimits limits;

  public StatementCalls(ClientStatements allowed, Participants participants, LimitsConfig limits) {
    this.allowed = allowed;
    this.participants = participants;
    this.limits = new QueryLimits(limits.rows(), limits.statementTime());
  }

  /** Reads a call; violations are collected in the fields, and the result then is of no use. */
  public @Nullable StatementCall read(JsonFields fields) {
    fields.allow("database", "sql", "statement", "parameters", "generatedKeys");
    String database =
        fields.has("database") ? fields.text("database") : NodeConfig.DEFAULT_DATABASE;
    if (database != null && participants.database(database).isEmpty()) {
      fields.reject("database", "a database of the configuration: " + participants.databaseNames());
    }
    StatementTemplate statement = statement(fields);
    List<ParameterValues> parameters = parameters(fields);
    return database == null || statement == null
        ? null
        : new StatementCall(database, statement, parameters, keys(fields));
  }

  private static List<String> keys(JsonFields fields) {
    return fields.has("generatedKeys")
        ? fields.texts("generatedKeys").stream().filter(Objects::nonNull).toList()
        : List.of();
  }

  private @Nullable StatementTemplate statement(JsonFields fields) {
    if (fields.has("sql") == fields.has("statement")) {
      fields.reject("statement", "either the name of a statement, or sql");
      return null;
    }
    if (fields.has("statement")) {
      String name = fields.text("statement");
      StatementTemplate named = name == null ? null : allowed.named(name).orElse(null);
      if (named == null) {
        fields.reject("statement", "a statement of the configuration (handfast.statements)");
      }
      return named;
    }
    if (!allowed.isOwnSqlAllowed()) {
      fields.reject("sql", "not allowed here (handfast.client-sql); name a statement instead");
      return null;
    }
    String sql = fields.text("sql");
    try {
      return sql == null ? null : StatementTemplate.parse(sql);
    } catch (InvalidStatementException e) {
      fields.reject("sql", String.valueOf(e.getMessage()));
      return null;
    }
  }

  private static List<ParameterValues> parameters(JsonFields fields) {
    List<ParameterValues> parameters = new ArrayList<>();
    JsonNode rows = fields.node("parameters");
    if (rows == null) {
      parameters.add(new JsonValues("", "{}", name -> null));
      return parameters;
    }
    boolean isListOfObjects = rows.isArray() && !rows.isEmpty();
    for (JsonNode row : rows) {
      isListOfObjects &= row.isObject();
      parameters.add(new JsonValues("", row.toString(), name -> null));
    }
    if (!isListOfObjects) {
      fields.reject("parameters", "a list of at least one object");
    }
    return parameters;
  }

  /**
   * Runs a statement in a transaction, which stays usable where the database refuses it.
   *
   * @throws RefusedException the database refuses the statement, or it took too long; nothing of it
   *     remains
   * @throws ClientTransactionException the transaction is not open
   */
  public StatementResult run(ClientTransaction transaction, StatementCall call) throws Exception {
    return transaction.call(work -> run(work.database(call.database()), call));
  }

  private StatementResult run(DatabaseSession session, StatementCall call)
      throws SQLException, RefusedException, TransactionLeftException {
    session.savepoint();
    try {
      return session.query(call.statement(), call.parameters(), call.generatedKeys(), limits);
    } catch (PoisonException e) {
      session.rollbackToSavepoint();
      throw refused(String.valueOf(e.getMessage()), e);
    } catch (SQLException e) {
      if (!session.isUsable()) {
        throw e;
      }
      session.rollbackToSavepoint();
      if (session.isStopped(e)) {
        throw new RefusedException(
            RefusedException.Reason.STATEMENT_TIMEOUT,
            "The statement ran for %s, which is the limit (handfast.limits.statement-time). It was undone, and the transaction is as it was before"
                .formatted(limits.time()),
            e);
      }
      throw refused(e.getMessage() + " (SQLSTATE " + e.getSQLState() + ")", e);
    }
  }

  private static RefusedException refused(String reason, Exception cause) {
    return new RefusedException(RefusedException.Reason.STATEMENT_REFUSED, reason, cause);
  }
}
