package io.handfast.database;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a statement has done, or what it answers.
 *
 * @param rowCount rows changed, over all parameter rows; -1 for a query
 * @param columns a query's columns in order; empty for a change
 * @param rows a query's rows, values by column: Long, BigDecimal, Boolean, String or null
 * @param isTruncated whether the query has more rows than were asked for
 */
public record StatementResult(
    long rowCount,
    List<String> columns,
    List<Map<String, @Nullable Object>> rows,
    boolean isTruncated) {

  static StatementResult changed(long rows) {
    return new StatementResult(rows, List.of(), List.of(), false);
  }

  /** Whether the statement answered with rows. */
  public boolean isQuery() {
    return rowCount < 0;
  }
}
