package io.handfast.readiness;

import io.handfast.database.DatabaseSettings;
import io.handfast.database.ServerSettings;
import io.handfast.node.NodeConfig;
import java.time.Duration;
import java.util.List;

/**
 * Whether the driver waits for a reply for some time, and for longer than the server works on one.
 *
 * <p>The time between statements, such as a handler's, does not count.
 */
final class SocketTimeoutCheck implements PostgresCheck {

  private final NodeConfig config;

  SocketTimeoutCheck(NodeConfig config) {
    this.config = config;
  }

  @Override
  public String name() {
    return "database-socket-timeout";
  }

  @Override
  public List<Finding> findings(String database, ServerSettings server, Known known) {
    String key = DatabaseUrls.keyOf(database);
    DatabaseSettings settings = DatabaseUrls.of(config).get(key);
    Duration timeout = settings == null ? null : settings.answerTimeout().orElse(null);
    if (timeout == null) {
      return List.of(); // the dialect sets one
    }
    if (timeout.isZero()) {
      return List.of(
          warns(
              key,
              "has socketTimeout=0: a server that vanishes without a word holds consumers and recovery for ever",
              "leave socketTimeout out, or set it to more seconds than the slowest statement takes"));
    }
    return server.statementTimeout().isZero() || timeout.compareTo(server.statementTimeout()) > 0
        ? List.of()
        : List.of(
            warns(
                key,
                "has socketTimeout=%d, and statement_timeout is %s%s: a slow statement is left running by a cut connection, with its locks, while its unit is tried again"
                    .formatted(timeout.toSeconds(), server.statementTimeout(), at(database)),
                "set socketTimeout to more seconds than statement_timeout"));
  }
}
