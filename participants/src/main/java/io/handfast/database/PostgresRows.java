package io.handfast.database;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes one INSERT of those of many messages, where PostgreSQL does the same for both.
 *
 * <p>Each message's INSERT costs the server a bind and an execution, which take longer than the
 * row. Joined, all values of a column are one array. That is done where nothing can tell the
 * difference: the values are parameters and nothing else, the table has neither triggers nor rules,
 * and a row that is there already fails or is left alone.
 */
final class PostgresRows {

  private static final Pattern INSERT =
      Pattern.compile(
          "(?is)\\s*(INSERT\\s+INTO\\s+(%s)\\s*(?:\\([^()\\[\\]'?]*\\)\\s*)?)VALUES\\s*\\(\\s*\\?(?:\\s*,\\s*\\?)*\\s*\\)\\s*(ON\\s+CONFLICT\\s*(?:\\([^()'?]*\\)\\s*)?DO\\s+NOTHING\\s*)?"
              .formatted(AssignedColumns.NAME));

  /** Whose arrays are written as any other, and whose names need no quotes. */
  private static final Set<String> TYPES =
      Set.of(
          "int2",
          "int4",
          "int8",
          "float4",
          "float8",
          "numeric",
          "bool",
          "text",
          "varchar",
          "bpchar",
          "uuid",
          "date",
          "time",
          "timetz",
          "timestamp",
          "timestamptz",
          "interval",
          "json",
          "jsonb",
          "bytea");

  private static final Set<String> TEXTS = Set.of("text", "varchar");

  /** Whether nothing is attached to an ordinary table but constraints, and whether any may wait. */
  private static final String KIND =
      """
      SELECT relkind = 'r' AND NOT relhasrules AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal),
        EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = c.oid AND condeferrable)
      FROM pg_catalog.pg_class c WHERE oid = to_regclass(?)""";

  private static final String DATATYPE_MISMATCH = "42804";

  private static final int LONGEST_PLAIN = 1_000;

  private PostgresRows() {}

  /**
   * What is known of a statement.
   *
   * @param parameters as the server has described them
   * @param targets what it asks for at each of them
   */
  static StatementDescription described(
      Connection connection,
      StatementTemplate statement,
      ParameterMetaData parameters,
      List<ParameterTarget> targets)
      throws SQLException {
    Matcher insert = INSERT.matcher(statement.jdbcSql());
    if (insert.matches()) {
      try (PreparedStatement query = connection.prepareStatement(KIND)) {
        query.setString(1, insert.group(2));
        try (ResultSet row = query.executeQuery()) {
          if (row.next() && row.getBoolean(1)) {
            String joined = joined(insert, parameters);
            return new StatementDescription(null, targets, !row.getBoolean(2), joined);
          }
        }
      }
    }
    return new StatementDescription(null, targets);
  }

  /** The INSERT that takes an array at each parameter; null where a type has none. */
  private static @Nullable String joined(Matcher insert, ParameterMetaData parameters)
      throws SQLException {
    List<String> arrays = new ArrayList<>();
    for (int i = 1; i <= parameters.getParameterCount(); i++) {
      String type = parameters.getParameterTypeName(i);
      if (!TYPES.contains(type)) {
        return null;
      }
      arrays.add("pg_catalog.unnest(CAST(? AS pg_catalog.%s[]))".formatted(type));
    }
    String otherwise = insert.group(3) == null ? "" : " " + insert.group(3);
    return "%s SELECT * FROM ROWS FROM (%s)%s"
        .formatted(insert.group(1), String.join(", ", arrays), otherwise);
  }

  /** A value as the server reads it. */
  static String text(Object value) {
    if (value instanceof byte[] bytes) {
      return "\\x" + HexFormat.of().formatHex(bytes);
    }
    return value instanceof BigDecimal number ? plain(number) : value.toString();
  }

  /** Without an exponent, which text columns would keep, as far as that stays short. */
  private static String plain(BigDecimal number) {
    return Math.abs(number.scale()) <= LONGEST_PLAIN ? number.toPlainString() : number.toString();
  }

  /**
   * Binds all values of a column. The driver (42.7.14) sends texts and whole numbers in the binary
   * form; reading all others from the text of an array takes the server longer than their rows.
   */
  static void bind(
      PreparedStatement to, int placeholder, String type, List<@Nullable Object> values)
      throws SQLException {
    boolean hasBytes = values.stream().anyMatch(byte[].class::isInstance);
    if (hasBytes && !type.equals("bytea")) {
      throw new SQLException("bytes for a column of type " + type, DATATYPE_MISMATCH);
    }
    if (TEXTS.contains(type)) {
      to.setArray(placeholder, to.getConnection().createArrayOf(type, texts(values)));
    } else if (type.equals("int8") && values.stream().allMatch(PostgresRows::isWhole)) {
      Long[] numbers = values.toArray(new Long[0]);
      to.setArray(placeholder, to.getConnection().createArrayOf(type, numbers));
    } else {
      to.setObject(placeholder, array(values), Types.OTHER);
    }
  }

  private static boolean isWhole(@Nullable Object value) {
    return value == null || value instanceof Long;
  }

  private static @Nullable String[] texts(List<@Nullable Object> values) {
    @Nullable String[] texts = new String[values.size()];
    for (int i = 0; i < texts.length; i++) {
      Object value = values.get(i);
      texts[i] = value == null ? null : text(value);
    }
    return texts;
  }

  /** Values as the server reads an array of them. */
  private static String array(List<@Nullable Object> values) {
    StringBuilder array = new StringBuilder("{");
    for (Object value : values) {
      if (array.length() > 1) {
        array.append(',');
      }
      if (value == null) {
        array.append("NULL");
      } else {
        quote(text(value), array);
      }
    }
    return array.append('}').toString();
  }

  private static void quote(String text, StringBuilder to) {
    to.append('"');
    if (text.indexOf('"') < 0 && text.indexOf('\\') < 0) {
      to.append(text);
    } else {
      to.append(text.replace("\\", "\\\\").replace("\"", "\\\""));
    }
    to.append('"');
  }
}
