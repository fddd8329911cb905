package io.handfast.database;

import io.handfast.database.ParameterTarget.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Maps PostgreSQL's types to conversions of message values. */
final class PostgresTypes {

  /** A number with any count of digits, as a parameter has it. */
  static final ParameterTarget UNBOUNDED = ParameterTarget.of(Kind.ANY, "numeric");

  /** Down to the type that is no domain any more, with the modifier that was met last. */
  private static final String BASE =
      """
      WITH RECURSIVE base AS (
        SELECT t.typtype, t.typbasetype, t.typname, t.typnamespace, t.typtypmod AS modifier
          FROM pg_type t WHERE t.oid = to_regtype(?)
        UNION ALL
        SELECT t.typtype, t.typbasetype, t.typname, t.typnamespace,
               CASE WHEN t.typtypmod >= 0 THEN t.typtypmod ELSE base.modifier END
          FROM base JOIN pg_type t ON t.oid = base.typbasetype WHERE base.typtype = 'd')
      SELECT typname, modifier FROM base
        WHERE typtype = 'b' AND typnamespace = 'pg_catalog'::regnamespace""";

  /** In a modifier, before what it says (PostgreSQL 18, {@code VARHDRSZ}). */
  private static final int HEADER = 4;

  private PostgresTypes() {}

  /** What a type asks for; of a domain, what the type asks for that it is made of. */
  static ParameterTarget target(Connection connection, String type) throws SQLException {
    Kind kind = kind(type);
    if (kind != Kind.ANY || type.equals(UNBOUNDED.type()) || isText(type)) {
      return type.equals("money")
          ? new ParameterTarget(kind, type, cents(connection))
          : ParameterTarget.of(kind, type);
    }
    try (PreparedStatement base = connection.prepareStatement(BASE)) {
      base.setString(1, type);
      try (ResultSet row = base.executeQuery()) {
        return row.next()
            ? of(type, row.getString(1), row.getInt(2))
            : ParameterTarget.of(kind, type);
      }
    }
  }

  private static ParameterTarget of(String type, String base, int modifier) {
    if (base.equals(UNBOUNDED.type()) && modifier >= HEADER) {
      int digits = modifier - HEADER;
      return numeric(digits >> 16 & 0xffff, digits & 0xffff);
    }
    return ParameterTarget.of(kind(base), type);
  }

  /**
   * A number with a scale.
   *
   * @param precision 0 for one without
   * @param scale 11 bits with a sign since PostgreSQL 15, which the driver (42.7.14) reads as 16
   *     bits without
   */
  static ParameterTarget numeric(int precision, int scale) {
    int signed = scale << 21 >> 21;
    return precision == 0
        ? UNBOUNDED
        : new ParameterTarget(Kind.DECIMAL, "numeric(%d, %d)".formatted(precision, signed), signed);
  }

  private static boolean isText(String type) {
    return type.equals("text") || type.equals("varchar") || type.equals("bpchar");
  }

  private static Kind kind(String type) {
    return switch (type) {
      case "int2", "int4", "int8", "oid" -> Kind.INTEGER;
      case "money" -> Kind.DECIMAL;
      case "json", "jsonb" -> Kind.JSON;
      case "bool" -> Kind.TRUTH;
      case "date",
          "time",
          "timetz",
          "timestamp",
          "timestamptz",
          "interval",
          "uuid",
          "bit",
          "varbit" ->
          Kind.WRITTEN;
      case "bytea" -> Kind.BYTES;
      default -> Kind.ANY;
    };
  }

  /** The digits after the point that the locale of the session gives an amount of money. */
  private static int cents(Connection connection) throws SQLException {
    try (PreparedStatement one = connection.prepareStatement("SELECT 1::money::numeric");
        ResultSet row = one.executeQuery()) {
      row.next();
      return row.getBigDecimal(1).scale();
    }
  }

  /** Asks for the columns that numbers go to: the server would round to their scale. */
  static void addScales(
      Connection connection, StatementTemplate statement, List<ParameterTarget> targets)
      throws SQLException {
    if (!targets.contains(UNBOUNDED)) {
      return;
    }
    Optional<AssignedColumns> assigned = AssignedColumns.of(statement.jdbcSql());
    if (assigned.isEmpty()) {
      return;
    }
    try (PreparedStatement prepared = connection.prepareStatement(assigned.get().query())) {
      ResultSetMetaData columns = prepared.getMetaData(); // the server describes and runs nothing
      assigned
          .get()
          .columns()
          .forEach(
              (parameter, column) -> {
                if (targets.get(parameter - 1).equals(UNBOUNDED)) {
                  targets.set(parameter - 1, decimal(columns, column));
                }
              });
    }
  }

  private static ParameterTarget decimal(ResultSetMetaData columns, int column) {
    try {
      return columns.getColumnTypeName(column).equals(UNBOUNDED.type())
          ? numeric(columns.getPrecision(column), columns.getScale(column))
          : UNBOUNDED;
    } catch (SQLException e) {
      throw new IllegalStateException("a column that was described", e);
    }
  }
}
