package io.handfast.readiness;

import io.handfast.database.DriverVersion;
import io.handfast.node.NodeConfig;
import io.handfast.node.Participants;
import java.util.List;

/** Whether H2 is the one whose inner parts Handfast was written against. */
final class H2VersionCheck implements Check {

  private static final String DATABASE = Participants.participantName(NodeConfig.DEFAULT_DATABASE);

  private final NodeConfig config;
  private final DriverVersion version;

  H2VersionCheck(NodeConfig config, DriverVersion version) {
    this.config = config;
    this.version = version;
  }

  @Override
  public String name() {
    return "h2-version";
  }

  @Override
  public Asks asks() {
    return Asks.NOBODY;
  }

  @Override
  public List<Finding> findings(Known known) {
    return !isUsed() || version.present().equals(version.builtWith())
        ? List.of()
        : List.of(
            refuses(
                "com.h2database:h2",
                "is %s on the class path: two-phase commit with H2 uses inner parts of %s, which another version may have changed"
                    .formatted(version.present(), version.builtWith()),
                "put " + version.builtWith() + " there"));
  }

  private boolean isUsed() {
    return NodeConfig.embedded(config).contains(DATABASE)
        || DatabaseUrls.isUsed(config, version.scheme());
  }
}
