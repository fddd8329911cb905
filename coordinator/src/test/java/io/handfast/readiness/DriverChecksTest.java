package io.handfast.readiness;

import static io.handfast.readiness.ConfigurationChecksTest.assertFound;
import static io.handfast.readiness.Configurations.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.database.DriverVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DriverChecksTest {

  private static final String POSTGRESQL = "handfast.database.url=jdbc:postgresql://db/shop";
  private static final String H2 = "handfast.database.archive.url=jdbc:h2:file:/d/x";

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

    assertFound(DatabaseChecks.postgresDriver(node(POSTGRESQL), version), found);
    assertFound(DatabaseChecks.postgresDriver(node(), version), null);
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

    assertFound(DatabaseChecks.h2Version(node(), version), found); // the embedded run
    assertFound(DatabaseChecks.h2Version(node(POSTGRESQL, H2), version), found);
    assertFound(DatabaseChecks.h2Version(node(POSTGRESQL), version), null);
  }

  @Test
  void theseAreTheDriversThatHandfastWasBuiltWith() {
    assertThat(DriverVersion.h2().builtWith()).isEqualTo("2.4.240");
    assertThat(DriverVersion.h2().present()).isEqualTo(DriverVersion.h2().builtWith());
    assertThat(DriverVersion.postgresql().builtWith()).startsWith("42.7.");
    assertThat(DriverVersion.postgresql().present())
        .isEqualTo(DriverVersion.postgresql().builtWith());
  }
}
