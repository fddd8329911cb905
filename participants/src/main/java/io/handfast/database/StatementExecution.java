package io.handfast.database;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs one statement for a client and collects its result. */
final class StatementExecution {

  /** What a statement gets that the database cannot even read, in the words of SQLSTATE 54001. */
  static final String TOO_DEEP = "the statement is too complex: it is nested too deeply";

  private StatementExecution() {}

  /**
   * Runs a statement once for each row of parameters.
   *
   * @param cache of the connection, which knows the types that the statement asks for
   * @param generatedKeys the columns whose generated values shall be told; empty for none
   * @param limits how many rows are told, and how long each run may take
   */
  static StatementResult run(
      Connection connection,
      StatementCache cache,
      StatementTemplate statement,
      List<? extends ParameterValues> parameterRows,
      List<String> generatedKeys,
      QueryLimits limits)
      throws SQLException, PoisonException {
    Rows rows = new Rows(limits.rows());
    long changed = 0;
    boolean isQuery = false;
    try (PreparedStatement prepared = prepare(connection, statement, generatedKeys)) {
      prepared.setQueryTimeout(limits.seconds());
      for (ParameterValues values : parameterRows) {
        cache.bind(prepared, 1, statement, values);
        if (generatedKeys.isEmpty()) {
          prepared.setMaxRows(limits.rows() + 1);
        }
        if (prepared.execute()) {
          isQuery = true;
          rows.add(prepared.getResultSet());
        } else {
          changed += Math.max(0, prepared.getUpdateCount());
          if (!generatedKeys.isEmpty()) {
            rows.add(prepared.getGeneratedKeys());
          }
        }
      }
      prepared.setQueryTimeout(0); // H2 keeps the limit for the connection, not the statement
    }
    return new StatementResult(
        isQuery ? StatementResult.QUERY : changed, rows.columns, rows.rows, rows.isTruncated);
  }

  private static PreparedStatement prepare(
      Connection connection, StatementTemplate statement, List<String> generatedKeys)
      throws SQLException {
    try {
      return generatedKeys.isEmpty()
          ? connection.prepareStatement(statement.jdbcSql())
          : connection.prepareStatement(statement.jdbcSql(), generatedKeys.toArray(new String[0]));
    } catch (StackOverflowError e) {
      // H2 in this process parses by recursion; nothing has run, and the session is as it was.
      throw new SQLException(TOO_DEEP, "54001", e);
    }
  }

  /** Rows of one or more results of the same columns. */
  private static final class Rows {

    private final int most;
    private final List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    private List<String> columns = List.of();
    private boolean isTruncated;

    Rows(int most) {
      this.most = most;
    }

    void add(ResultSet result) throws SQLException {
      try (result) {
        columns = columnsOf(result.getMetaData());
        while (rows.size() < most && result.next()) {
          Map<String, @Nullable Object> row = new LinkedHashMap<>();
          for (int i = 1; i <= columns.size(); i++) {
            row.put(columns.get(i - 1), portable(result, i));
          }
          rows.add(row);
        }
        isTruncated |= result.next();
      }
    }

    private static List<String> columnsOf(ResultSetMetaData metaData) throws SQLException {
      List<String> columns = new ArrayList<>();
      for (int i = 1; i <= metaData.getColumnCount(); i++) {
        columns.add(metaData.getColumnLabel(i));
      }
      return columns;
    }
  }

  /** Values that every client understands: numbers stay exact, all else is text. */
  private static @Nullable Object portable(ResultSet result, int column) throws SQLException {
    Object value = result.getObject(column);
    if (value == null || value instanceof Boolean || value instanceof BigDecimal) {
      return value;
    }
    if (value instanceof Long || value instanceof Integer || value instanceof Short) {
      return ((Number) value).longValue();
    }
    return result.getString(column);
  }
}
