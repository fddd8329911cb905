package io.handfast.database;

import io.handfast.database.StatementCache.Script;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends the statements of many messages in few round trips.
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
  private final List<String> check;

  /**
   * A runner on one connection.
   *
   * @param check SQL that has deferred constraints checked
   */
  PipelinedRunner(StatementCache cache, List<String> check) {
    this.cache = cache;
    this.check = check;
  }

  @Override
  public void run(
      List<StatementTemplate> statements,
      List<? extends ParameterValues> messages,
      boolean isRowExpected)
      throws SQLException, PoisonException {
    cache.describe(statements);
    if (statements.size() == 1 && messages.size() > 1) {
      batch(statements.get(0), messages, isRowExpected);
      return;
    }
    int done = 0;
    while (done < messages.size()) {
      int copies = copies(statements, messages.size() - done);
      script(
          new Script(statements, copies),
          messages.subList(done, done + copies),
          isRowExpected,
          Tail.NONE);
      done += copies;
    }
  }

  @Override
  public boolean joinsCommands() {
    return true;
  }

  @Override
  public boolean runMarked(
      String mark,
      List<StatementTemplate> statements,
      List<? extends ParameterValues> messages,
      boolean isRowExpected,
      Tail tail)
      throws SQLException, PoisonException {
    boolean isOneScript = messages.size() == 1 || statements.size() > 1;
    if (!isOneScript || !cache.isDescribed(statements)) {
      return false;
    }
    if (copies(statements, messages.size()) < messages.size()) {
      return false;
    }
    Tail carried = isRowExpected ? Tail.NONE : tail; // a row that is missed is undone to the mark
    List<String> after = new ArrayList<>(check);
    after.addAll(carried.sql());
    Script script = new Script(List.of(mark), statements, messages.size(), after);
    PreparedStatement done = script(script, messages, isRowExpected, carried);
    carried.done(done, 1 + messages.size() * statements.size() + check.size());
    return true;
  }

  private void batch(
      StatementTemplate statement, List<? extends ParameterValues> messages, boolean isRowExpected)
      throws SQLException, PoisonException {
    PreparedStatement prepared = cache.prepare(new Script(List.of(statement), 1));
    try {
      for (ParameterValues message : messages) {
        cache.bind(prepared, 1, statement, message);
        prepared.addBatch();
      }
      int[] counts = prepared.executeBatch();
      for (int i = 0; isRowExpected && i < counts.length; i++) {
        StatementRunner.requireRow(statement, counts[i]);
      }
    } finally {
      if (!prepared.isClosed()) {
        prepared.clearBatch();
      }
    }
  }

  private PreparedStatement script(
      Script script, List<? extends ParameterValues> messages, boolean isRowExpected, Tail tail)
      throws SQLException, PoisonException {
    PreparedStatement prepared = cache.prepare(script);
    int placeholder = 1;
    for (ParameterValues message : messages) {
      for (StatementTemplate statement : script.statements()) {
        placeholder = cache.bind(prepared, placeholder, statement, message);
      }
    }
    tail.bind(prepared, placeholder);
    prepared.execute();
    if (isRowExpected) {
      requireRows(prepared, script);
    }
    return prepared;
  }

  /** Each command of a script has a result, in order. */
  private static void requireRows(PreparedStatement done, Script script) throws SQLException {
    for (int i = 0; i < script.before().size(); i++) {
      done.getMoreResults();
    }
    for (int copy = 0; copy < script.copies(); copy++) {
      for (StatementTemplate statement : script.statements()) {
        StatementRunner.requireRow(statement, done);
        done.getMoreResults();
      }
    }
  }

  private static int copies(List<StatementTemplate> statements, int messages) {
    int placeholders = statements.stream().mapToInt(s -> s.parameters().size()).sum();
    int most = Math.max(1, MAX_PLACEHOLDERS / Math.max(1, placeholders));
    return Integer.highestOneBit(Math.min(Math.min(messages, MAX_COPIES), most));
  }
}
