package io.handfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.handfast.node.NodeConfig;
import io.quarkus.runtime.QuarkusBindException;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FailedStartTest {

  private static final SmallRyeConfig CONFIG =
      new SmallRyeConfigBuilder().withDefaultValue("quarkus.http.ssl-port", "8443").build();

  @Test
  void aPortThatIsTakenIsNamedByItsKey() {
    assertThat(reason(taken("127.0.0.1", 8080)))
        .isEqualTo(
            "quarkus.http.port: is 8080, where another process listens on 127.0.0.1; stop that process, or set a port that is free");
    assertThat(reason(taken("0.0.0.0", 8443))).startsWith("quarkus.http.ssl-port: is 8443");
    assertThat(reason(taken("10.0.0.1", 80))).startsWith("quarkus.http.host: ");
  }

  @Test
  void everyValueThatCannotBeReadIsNamedByItsKey() {
    SmallRyeConfigBuilder invalid =
        new SmallRyeConfigBuilder()
            .withMapping(NodeConfig.class)
            .withDefaultValues(
                Map.of(
                    "handfast.embedded.broker-port", "abc", "handfast.shutdown-timeout", "long"));

    assertThat(reason(catchThrowable(invalid::build)).lines())
        .containsExactlyInAnyOrder(
            "handfast.embedded.broker-port: is 'abc', which is no value; Expected an integer value, got \"abc\"",
            "handfast.shutdown-timeout: is 'long', which is no value; Failed to convert value with static method");
  }

  @Test
  void whatHandfastThrowsIsToldAsItIsAndAnythingElseWithItsTrace() {
    UncheckedIOException io = new UncheckedIOException("the disk", new IOException());

    assertThat(FailedStart.reason(io, CONFIG)).contains("the disk");
    assertThat(FailedStart.reason(new NullPointerException("x"), CONFIG)).isEmpty();
  }

  private static String reason(Throwable failure) {
    return FailedStart.reason(failure, CONFIG).orElseThrow();
  }

  private static Throwable taken(String host, int port) {
    return new RuntimeException(
        new QuarkusBindException(host, port, new BindException("Address already in use")));
  }
}
