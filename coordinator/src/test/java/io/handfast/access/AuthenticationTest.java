package io.handfast.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AuthenticationTest {

  private static final String TOKENS = "quarkus.oidc.tenant-enabled";

  @Test
  void nothingConfiguredIsOff() {
    assertThat(properties(Map.of("quarkus.security.users.embedded.enabled", "true")).isOn())
        .isFalse();
  }

  @Test
  void oneUserIsEnough() {
    Authentication users = properties(Map.of(Authentication.USERS + ".\"ann\"", "secret"));

    assertThat(users.isOn()).isTrue();
    assertThat(users.challenges()).hasSize(1).allMatch(way -> way.startsWith("Basic realm="));
  }

  @Test
  void usersMayComeFromTheEnvironment() {
    Map<String, String> environment = Map.of("QUARKUS_SECURITY_USERS_EMBEDDED_USERS_ANN", "secret");
    SmallRyeConfig config =
        new SmallRyeConfigBuilder().withSources(new EnvConfigSource(environment, 300)).build();

    assertThat(new Authentication(config).isOn()).isTrue();
  }

  @Test
  void anIssuerOfTokensIsEnough() {
    assertThat(properties(Map.of(Authentication.TOKEN_ISSUER, "https://issuer")).challenges())
        .containsExactly("Bearer");
  }

  @Test
  void certificatesNeedATrustStoreOfTheirOwn() {
    String roles = Authentication.CERTIFICATE_ROLES;

    assertThat(properties(Map.of(roles, "roles.properties")).isOn()).isFalse();
    assertThat(
            properties(Map.of(roles, "r.properties", "quarkus.tls.trust-store.pem.certs", "ca.crt"))
                .isOn())
        .isTrue();
  }

  @Test
  void tokensAreOffUntilAnIssuerIsNamed() {
    assertThat(config(Map.of(TOKENS, "true")).getRawValue(TOKENS)).isEqualTo("false");
    assertThat(
            config(Map.of(TOKENS, "true", Authentication.TOKEN_ISSUER, "https://issuer"))
                .getRawValue(TOKENS))
        .isEqualTo("true");
  }

  private static Authentication properties(Map<String, String> values) {
    return new Authentication(config(values));
  }

  private static SmallRyeConfig config(Map<String, String> values) {
    return new SmallRyeConfigBuilder()
        .withInterceptors(new TokensOffByDefault())
        .withSources(new PropertiesConfigSource(values, "test", 100))
        .build();
  }
}
