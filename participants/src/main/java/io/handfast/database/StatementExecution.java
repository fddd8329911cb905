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

/** Runs one statement for a client that wants to know what came of it. */
final class StatementExecution {

  private StatementExecution() {}

  static StatementResult run(
      Connection connection,
      StatementTemplate statement,
      List<? extends ParameterValues> parameterRows,
      int maxRows)
      throws SQLException, PoisonException {
    try (PreparedStatement prepared = connection.prepareStatement(statement.jdbcSql())) {
      long changed = 0;
      for (ParameterValues values : parameterRows) {
        StatementRunner.bind(prepared, 1, statement, values);
        prepared.setMaxRows(maxRows + 1);
        if (prepared.execute()) {
          return rows(prepared.getResultSet(), maxRows);
        }
        changed += Math.max(0, prepared.getUpdateCount());
      }
      return StatementResult.changed(changed);
    }
  }

  private static StatementResult rows(ResultSet result, int maxRows) throws SQLException {
    ResultSetMetaData metaData = result.getMetaData();
    List<String> columns = new ArrayList<>();
    for (int i = 1; i <= metaData.getColumnCount(); i++) {
      columns.add(metaData.getColumnLabel(i));
    }
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    while (rows.size() < maxRows && result.next()) {
      Map<String, @Nullable Object> row = new LinkedHashMap<>();
      for (int i = 1; i <= columns.size(); i++) {
        row.put(columns.get(i - 1), portable(result, i));
      }
      rows.add(row);
    }
    return new StatementResult(-1, columns, rows, result.next());
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
