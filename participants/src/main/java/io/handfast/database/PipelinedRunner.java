package io.handfast.database;

import io.handfast.database.StatementCache.Script;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends the statements of many messages in few round trips.
 *
 * <p>One statement is run once for all messages, where the server joins their rows ({@link
 * StatementDescription#joined}), else it is a JDBC batch; rows that it returns are dropped. Several
 * statements cannot be: a batch runs one statement for all messages before the next one begins.
 * They are joined into a script, once for each message, which the driver pipelines; the scripts
 * come in sizes of powers of two, so that few of them need to be prepared.
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
    String joined = joined(statements, messages, isRowExpected);
    if (joined != null) {
      joined(Script.joined(List.of(joined), List.of()), statements, messages, Tail.NONE);
      return;
    }
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
  public boolean arePlain(List<StatementTemplate> statements) {
    return cache.arePlain(statements);
  }

  @Override
  public boolean runMarked(
      List<String> mark,
      List<StatementTemplate> statements,
      List<? extends ParameterValues> messages,
      boolean isRowExpected,
      Tail tail)
      throws SQLException, PoisonException {
    if (!cache.isDescribed(statements)) {
      return false;
    }
    List<String> after = new ArrayList<>(arePlain(statements) ? List.of() : check);
    int checks = after.size();
    after.addAll(tail.commands());
    String joined = joined(statements, messages, isRowExpected);
    if (joined != null) {
      List<String> commands = new ArrayList<>(mark);
      commands.add(joined);
      Script script = Script.joined(commands, after);
      finish(joined(script, statements, messages, tail), commands.size() + checks, tail);
      return true;
    }
    boolean isOneScript = messages.size() == 1 || statements.size() > 1;
    if (!isOneScript || copies(statements, messages.size()) < messages.size()) {
      return false;
    }
    Script script = new Script(mark, statements, messages.size(), after);
    PreparedStatement done = script(script, messages, isRowExpected, tail);
    finish(done, mark.size() + messages.size() * statements.size() + checks, tail);
    return true;
  }

  /** Has the tail know what it has changed; as many results come before those of its commands. */
  private static void finish(PreparedStatement done, int before, Tail tail) throws SQLException {
    int commands = tail.commands().size();
    if (commands == 0) {
      return;
    }
    for (int result = 1; result < before; result++) {
      done.getMoreResults();
    }
    List<Integer> counts = new ArrayList<>();
    for (int command = 0; command < commands; command++) {
      done.getMoreResults();
      counts.add(done.getUpdateCount());
    }
    tail.done(counts);
  }

  /** The command that is one for all messages; null where there is none. */
  private @Nullable String joined(
      List<StatementTemplate> statements,
      List<? extends ParameterValues> messages,
      boolean isRowExpected) {
    boolean mayBe = statements.size() == 1 && messages.size() > 1 && !isRowExpected;
    return mayBe ? cache.joined(statements.get(0)) : null;
  }

  private PreparedStatement joined(
      Script script,
      List<StatementTemplate> statements,
      List<? extends ParameterValues> messages,
      Tail tail)
      throws SQLException, PoisonException {
    PreparedStatement prepared = cache.prepare(script);
    tail.bind(prepared, cache.bindAll(prepared, 1, statements.get(0), messages));
    prepared.execute();
    return prepared;
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
