package io.handfast.readiness;

import io.handfast.database.Database;
import io.handfast.database.ServerSettings;
import java.sql.SQLException;
import java.time.Instant;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a database said of itself.
 *
 * @param maxPreparedTransactions empty where there is no limit
 * @param server null where the database has no server that could be asked
 * @param at when it was asked
 */
record DatabaseState(
    OptionalInt maxPreparedTransactions, @Nullable ServerSettings server, Instant at) {

  static DatabaseState read(Database database, Instant now) throws SQLException {
    return new DatabaseState(
        database.maxPreparedTransactions(), database.serverSettings().orElse(null), now);
  }
}
