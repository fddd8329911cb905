package io.handfast.readiness;

import io.handfast.database.ServerSettings;
import java.util.List;

/** Whether the server is a release that still gets corrections. */
final class PostgresVersionCheck implements PostgresCheck {

  /** The oldest one that the PostgreSQL project corrected in 2026. */
  private static final int OLDEST = 14;

  @Override
  public String name() {
    return "postgresql-version";
  }

  @Override
  public List<Finding> findings(String database, ServerSettings server, Known known) {
    return server.majorVersion() >= OLDEST
        ? List.of()
        : List.of(
            warns(
                "server_version",
                "is "
                    + server.version()
                    + at(database)
                    + ", which gets no corrections any more and was not tested",
                "use PostgreSQL " + OLDEST + " or later"));
  }
}
