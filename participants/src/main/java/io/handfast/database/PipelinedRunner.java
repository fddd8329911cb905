package io.handfast.database;

import io.handfast.database.StatementCache.Script;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * Sends the statements of many messages to PostgreSQL in few round trips.
 *
 * <p>One statement is a JDBC batch; rows that it returns are dropped. Several statements cannot be:
 * a batch runs one statement for all messages before the next one begins. They are joined into a
 * script, once for each message, which the driver pipelines; the scripts come in sizes of powers of
 * two, so that few of them need to be prepared.
 */
final class PipelinedRunner implements StatementRunner {

  private static final int MAX_COPIES = 32;
  private static final int MAX_PLACEHOLDERS = 16_000;

  private final StatementCache cache;

  PipelinedRunner(StatementCache cache) {
    this.cache = cache;
  }

  @Override
  public void run(List<StatementTemplate> statements, List<? extends ParameterValues> messages)
      throws SQLException, PoisonException {
    if (statements.size() == 1 && messages.size() > 1) {
      batch(statements.get(0), messages);
      return;
    }
    int done = 0;
    while (done < messages.size()) {
      int copies = copies(statements, messages.size() - done);
      script(new Script(statements, copies), messages.subList(done, done + copies));
      done += copies;
    }
  }

  @Override
  public boolean runMarked(
      String mark, List<StatementTemplate> statements, List<? extends ParameterValues> messages)
      throws SQLException, PoisonException {
    boolean isOneScript = messages.size() == 1 || statements.size() > 1;
    if (!isOneScript || copies(statements, messages.size()) < messages.size()) {
      return false;
    }
    List<String> check = List.of(PostgresDialect.CHECK_DEFERRED);
    script(new Script(List.of(mark), statements, messages.size(), check), messages);
    return true;
  }

  private void batch(StatementTemplate statement, List<? extends ParameterValues> messages)
      throws SQLException, PoisonException {
    PreparedStatement prepared = cache.prepare(new Script(List.of(statement), 1));
    try {
      for (ParameterValues message : messages) {
        StatementRunner.bind(prepared, 1, statement, message);
        prepared.addBatch();
      }
      prepared.executeBatch();
    } finally {
      if (!prepared.isClosed()) {
        prepared.clearBatch();
      }
    }
  }

  private void script(Script script, List<? extends ParameterValues> messages)
      throws SQLException, PoisonException {
    PreparedStatement prepared = cache.prepare(script);
    int placeholder = 1;
    for (ParameterValues message : messages) {
      for (StatementTemplate statement : script.statements()) {
        placeholder = StatementRunner.bind(prepared, placeholder, statement, message);
      }
    }
    prepared.execute();
  }

  private static int copies(List<StatementTemplate> statements, int messages) {
    int placeholders = statements.stream().mapToInt(s -> s.parameters().size()).sum();
    int most = Math.max(1, MAX_PLACEHOLDERS / Math.max(1, placeholders));
    return Integer.highestOneBit(Math.min(Math.min(messages, MAX_COPIES), most));
  }
}
