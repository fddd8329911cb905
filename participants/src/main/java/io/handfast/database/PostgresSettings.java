package io.handfast.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Asks a PostgreSQL server for its {@link ServerSettings}. */
final class PostgresSettings {

  /** Numbers come in the unit that the server keeps them in, which is milliseconds for times. */
  private static final String QUERY =
      """
      SELECT name, setting FROM pg_catalog.pg_settings WHERE name IN (
        'server_version', 'server_version_num', 'max_prepared_transactions', 'max_connections',
        'superuser_reserved_connections', 'reserved_connections',
        'idle_in_transaction_session_timeout', 'transaction_timeout', 'statement_timeout',
        'fsync', 'synchronous_commit', 'full_page_writes')
      """;

  private PostgresSettings() {}

  static ServerSettings read(Connection connection) throws SQLException {
    Map<String, String> settings = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(QUERY)) {
      while (rows.next()) {
        settings.put(rows.getString(1), rows.getString(2));
      }
    }
    return new ServerSettings(
        settings.getOrDefault("server_version", ""),
        number(settings, "server_version_num") / 10_000,
        number(settings, "max_prepared_transactions"),
        number(settings, "max_connections")
            - number(settings, "superuser_reserved_connections")
            - number(settings, "reserved_connections"),
        millis(settings, "idle_in_transaction_session_timeout"),
        millis(settings, "transaction_timeout"),
        millis(settings, "statement_timeout"),
        !isOff(settings, "fsync"),
        !isOff(settings, "synchronous_commit"),
        !isOff(settings, "full_page_writes"));
  }

  /** An older server does not know every setting: what it does not know does not limit it. */
  private static int number(Map<String, String> settings, String name) {
    return Integer.parseInt(settings.getOrDefault(name, "0"));
  }

  private static Duration millis(Map<String, String> settings, String name) {
    return Duration.ofMillis(number(settings, name));
  }

  private static boolean isOff(Map<String, String> settings, String name) {
    return "off".equals(settings.get(name));
  }
}
