package io.handfast.readiness;

import static io.handfast.readiness.Configurations.check;
import static io.handfast.readiness.Configurations.node;
import static io.handfast.readiness.NodeChecksTest.assertFound;
import static io.handfast.readiness.NodeChecksTest.listOf;
import static io.handfast.readiness.Worlds.broker;
import static io.handfast.readiness.Worlds.on;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.database.DriverVersion;
import io.handfast.database.ServerSettings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VersionChecksTest {

  private static final String POSTGRESQL = "handfast.database.url=jdbc:postgresql://db/shop";
  private static final String H2 = "handfast.database.archive.url=jdbc:h2:file:/d/x";

  @ParameterizedTest
  @CsvSource({
    "2.56.0,                  ",
    "2.40.0,                  ",
    "3.0.0,                   ",
    "2.39.0,                  warns broker",
    "2.9.1.redhat-00010,      warns broker",
    "unknown,                 ",
  })
  void brokerVersion(String version, String found) {
    assertThat(Found.by(check("broker-version"), broker(version, true, Map.of())))
        .isEqualTo(listOf(found));
  }

  @ParameterizedTest
  @CsvSource({"13, warns server_version", "14, ", "18, "})
  void serverVersion(int major, String found) {
    ServerSettings server =
        new ServerSettings(
            major + ".1",
            major,
            1000,
            1000,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            true,
            true,
            true);

    assertThat(Found.by(check("postgresql-version"), on(server, Map.of())))
        .isEqualTo(listOf(found));
  }

  @ParameterizedTest
  @CsvSource({
    "42.7.10,            ",
    "42.7.11,            ",
    "42.10.0,            ",
    "43.0.0,             ",
    "42.7.9,             warns org.postgresql:postgresql",
    "42.6.20,            warns org.postgresql:postgresql",
    "41.9.9,             warns org.postgresql:postgresql",
    "unknown,            ",
  })
  void postgresqlDriver(String present, String found) {
    DriverVersion version = new DriverVersion("jdbc:postgresql:", present, "42.7.10");

    assertFound(postgresqlDriver(version, POSTGRESQL), found);
    assertFound(postgresqlDriver(version), null);
  }

  @ParameterizedTest
  @CsvSource({
    "2.4.240,   ",
    "2.4.239,   refuses com.h2database:h2",
    "2.4.241,   refuses com.h2database:h2",
    "2.3.232,   refuses com.h2database:h2",
  })
  void h2Version(String present, String found) {
    DriverVersion version = new DriverVersion("jdbc:h2:", present, "2.4.240");

    assertFound(h2(version), found); // the embedded run
    assertFound(h2(version, POSTGRESQL, H2), found);
    assertFound(h2(version, POSTGRESQL), null);
  }

  @Test
  void theseAreTheDriversThatHandfastWasBuiltWith() {
    assertThat(DriverVersion.h2().builtWith()).isEqualTo("2.4.240");
    assertThat(DriverVersion.h2().present()).isEqualTo(DriverVersion.h2().builtWith());
    assertThat(DriverVersion.postgresql().builtWith()).startsWith("42.7.");
    assertThat(DriverVersion.postgresql().present())
        .isEqualTo(DriverVersion.postgresql().builtWith());
  }

  private static Check postgresqlDriver(DriverVersion version, String... lines) {
    return Check.ofNode(
        "postgresql-driver",
        findings -> VersionChecks.postgresqlDriver(node(lines), version, findings));
  }

  private static Check h2(DriverVersion version, String... lines) {
    return Check.ofNode("h2-version", findings -> VersionChecks.h2(node(lines), version, findings));
  }
}
