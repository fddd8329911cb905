package io.handfast.readiness;

import io.handfast.database.DriverVersion;
import io.handfast.node.NodeConfig;
import io.handfast.node.Participants;
import io.handfast.readiness.Check.Findings;
import io.handfast.readiness.CheckedState.BrokerState;
import io.handfast.readiness.CheckedState.Server;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks the versions of the broker, of PostgreSQL and of the drivers against those tested. */
final class VersionChecks {

  private static final VersionNumber OLDEST_BROKER = new VersionNumber(2, 40, 0);

  /** The oldest one that the PostgreSQL project corrected in 2026. */
  private static final int OLDEST_POSTGRESQL = 14;

  private VersionChecks() {}

  /**
   * A version as major, minor and patch, which can be ordered.
   *
   * @param patch 0 where there is none
   */
  private record VersionNumber(int major, int minor, int patch)
      implements Comparable<VersionNumber> {

    private static final Pattern TEXT =
        Pattern.compile("(\\d{1,9})\\.(\\d{1,9})(?:\\.(\\d{1,9}))?.*");

    /** Reads {@code 2.56.0} and the like; empty where it is something else. */
    static Optional<VersionNumber> of(String text) {
      Matcher numbers = TEXT.matcher(text);
      if (!numbers.matches()) {
        return Optional.empty();
      }
      int patch = numbers.group(3) == null ? 0 : Integer.parseInt(numbers.group(3));
      return Optional.of(
          new VersionNumber(
              Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2)), patch));
    }

    @Override
    public int compareTo(VersionNumber other) {
      return Comparator.comparingInt(VersionNumber::major)
          .thenComparingInt(VersionNumber::minor)
          .thenComparingInt(VersionNumber::patch)
          .compare(this, other);
    }

    /** Whether a text names a release that is older than this one; not where it names none. */
    boolean isNewerThan(String text) {
      return of(text).filter(release -> release.compareTo(this) < 0).isPresent();
    }
  }

  /** Whether the broker is one of the releases that Handfast is used with. */
  static void broker(BrokerState broker, Findings findings) {
    if (OLDEST_BROKER.isNewerThan(broker.version())) {
      findings.warns(
          "broker",
          "is Artemis " + broker.version() + ", with which Handfast was not tested",
          "use 2.40 or later");
    }
  }

  /** Whether the server is a release that still gets corrections. */
  static void postgresql(Server server, Findings findings) {
    if (server.settings().majorVersion() < OLDEST_POSTGRESQL) {
      findings.warns(
          "server_version",
          "is %s%s, which gets no corrections any more and was not tested"
              .formatted(server.settings().version(), server.at()),
          "use PostgreSQL " + OLDEST_POSTGRESQL + " or later");
    }
  }

  /** Whether the PostgreSQL driver is at least the one that Handfast was tested with. */
  static void postgresqlDriver(NodeConfig config, DriverVersion version, Findings findings) {
    boolean isOlder =
        VersionNumber.of(version.builtWith())
            .filter(built -> built.isNewerThan(version.present()))
            .isPresent();
    if (isOlder && DatabaseChecks.isUsed(config, version.scheme())) {
      findings.warns(
          "org.postgresql:postgresql",
          "is %s on the class path, older than the %s that was tested"
              .formatted(version.present(), version.builtWith()),
          "put " + version.builtWith() + " or later there");
    }
  }

  /** Whether H2 is the one whose inner parts Handfast was written against. */
  static void h2(NodeConfig config, DriverVersion version, Findings findings) {
    String database = Participants.participantName(NodeConfig.DEFAULT_DATABASE);
    boolean isUsed =
        NodeConfig.embedded(config).contains(database)
            || DatabaseChecks.isUsed(config, version.scheme());
    if (isUsed && !version.present().equals(version.builtWith())) {
      findings.refuses(
          "com.h2database:h2",
          "is %s on the class path: two-phase commit with H2 uses inner parts of %s, which another version may have changed"
              .formatted(version.present(), version.builtWith()),
          "put " + version.builtWith() + " there");
    }
  }
}
