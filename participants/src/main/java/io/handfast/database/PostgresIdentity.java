package io.handfast.database;

import io.handfast.participant.RecoverySession.Scope;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The identity of the PostgreSQL database that a connection leads to, and whether its list of
 * prepared transactions is complete.
 *
 * <p>The identifier of the cluster is drawn by {@code initdb}, is the same on its replicas, and is
 * another after {@code pg_upgrade} or a restore from a dump. The database's oid tells a database
 * that was dropped and created again. A standby (PostgreSQL 10 and later) holds the prepared
 * transactions of its primary and lists none of them.
 */
final class PostgresIdentity {

  private static final String QUERY =
      """
      SELECT d.oid, pg_is_in_recovery(),
        CASE WHEN has_function_privilege('pg_control_system()', 'EXECUTE')
          THEN (SELECT system_identifier FROM pg_control_system()) END
      FROM pg_database d WHERE d.datname = current_database()
      """;

  private PostgresIdentity() {}

  static Scope of(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(QUERY)) {
      row.next();
      String system = row.getString(3);
      String identity = system == null ? "" : system + "/" + row.getLong(1);
      return new Scope(identity, row.getBoolean(2) ? "it is a standby, which lists none" : "");
    }
  }
}
