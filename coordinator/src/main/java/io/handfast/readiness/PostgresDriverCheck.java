package io.handfast.readiness;

import io.handfast.database.DriverVersion;
import io.handfast.node.NodeConfig;
import java.util.List;

/** Whether the PostgreSQL driver is at least the one that Handfast was tested with. */
final class PostgresDriverCheck implements Check {

  private final NodeConfig config;
  private final DriverVersion version;

  PostgresDriverCheck(NodeConfig config, DriverVersion version) {
    this.config = config;
    this.version = version;
  }

  @Override
  public String name() {
    return "postgresql-driver";
  }

  @Override
  public Asks asks() {
    return Asks.NOBODY;
  }

  @Override
  public List<Finding> findings(Known known) {
    boolean isOlder =
        Release.of(version.builtWith())
            .filter(built -> built.isNewerThan(version.present()))
            .isPresent();
    return !isOlder || !DatabaseUrls.isUsed(config, version.scheme())
        ? List.of()
        : List.of(
            warns(
                "org.postgresql:postgresql",
                "is %s on the class path, older than the %s that was tested"
                    .formatted(version.present(), version.builtWith()),
                "put " + version.builtWith() + " or later there"));
  }
}
