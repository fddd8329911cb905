package io.handfast.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Passwords with characters that mean something elsewhere in the configuration. */
class LiteralSecretsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pa${x}s",
        "pa${}s",
        "${",
        "pa${",
        "pa$$s",
        "$$",
        "a\\$b",
        "pa\\${x}s",
        "a}b",
        "$",
        "a\\b",
        "p:a#s",
        "${a}${b}",
        "x${y",
        "}${",
        "secret"
      })
  void aPasswordIsWhatIsWritten(String password) {
    for (String key :
        new String[] {
          "handfast.broker.password",
          "handfast.database.password",
          "handfast.database.\"x\".password",
          "quarkus.security.users.embedded.users.\"vera\""
        }) {
      assertThat(config(key, password).getOptionalValue(key, String.class))
          .as(key)
          .contains(password);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "${given},           from outside",
    "${absent:fallback}, fallback",
    "${absent:${given}}, from outside",
    "${absent:a}b},      a",
  })
  void anExpressionAloneIsExpanded(String expression, String value) {
    assertThat(
            config("handfast.broker.password", expression)
                .getOptionalValue("handfast.broker.password", String.class))
        .contains(value.equals("a") ? expression : value);
  }

  @ParameterizedTest
  @CsvSource({"a${given}b, afrom outsideb", "a$$b, a$b"})
  void whatIsNoSecretIsExpandedAsEver(String written, String value) {
    assertThat(config("handfast.node", written).getValue("handfast.node", String.class))
        .isEqualTo(value);
  }

  private static SmallRyeConfig config(String key, String value) {
    Map<String, String> values = Map.of(key, value, "given", "from outside");
    return new SmallRyeConfigBuilder()
        .addDefaultInterceptors()
        .addDiscoveredInterceptors()
        .withSources(new PropertiesConfigSource(values, "test", 100))
        .build();
  }
}
