package io.handfast.database;

import io.handfast.database.StatementCache.Script;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** Executes each statement by itself, for a database in this process. */
final class OneByOneRunner implements StatementRunner {

  private final StatementCache cache;

  OneByOneRunner(StatementCache cache) {
    this.cache = cache;
  }

  @Override
  public void run(
      List<StatementTemplate> statements,
      List<? extends ParameterValues> messages,
      boolean isRowExpected)
      throws SQLException, PoisonException {
    cache.describe(statements);
    for (ParameterValues message : messages) {
      for (StatementTemplate statement : statements) {
        PreparedStatement prepared = cache.prepare(new Script(List.of(statement), 1));
        cache.bind(prepared, 1, statement, message);
        prepared.execute();
        if (isRowExpected) {
          StatementRunner.requireRow(statement, prepared);
        }
      }
    }
  }
}
