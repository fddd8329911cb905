package io.handfast.database;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The result of one statement: rows, counts or generated keys.
 *
 * @param rowCount rows changed, over all parameter rows; -1 for a query
 * @param columns of the rows, in order
 * @param rows a query's rows, or the generated keys of a change; values by column: Long,
 *     BigDecimal, Boolean, String or null
 * @param isTruncated whether there are more rows than were asked for
 */
public record StatementResult(
    long rowCount,
    List<String> columns,
    List<Map<String, @Nullable Object>> rows,
    boolean isTruncated) {

  static final long QUERY = -1;

  /** Whether the statement answered with rows. */
  public boolean isQuery() {
    return rowCount < 0;
  }
}
