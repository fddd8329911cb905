package io.handfast.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.junit.jupiter.api.Test;

/** The client's own names, however a source of configuration spells them. */
class KafkaConfigTest {

  private static Map<String, String> read(ConfigSource source) {
    return new SmallRyeConfigBuilder()
        .withMapping(KafkaConfig.class)
        .withSources(source)
        .build()
        .getConfigMapping(KafkaConfig.class)
        .client();
  }

  private static Map<String, String> ofProperty(String name) {
    return read(new PropertiesConfigSource(Map.of(name, "x"), "test", 100));
  }

  @Test
  void aNodeMayHaveNone() {
    assertThat(ofProperty("other")).isEmpty();
  }

  @Test
  void aNameWithDotsStandsBetweenQuotationMarksOrNot() {
    assertThat(ofProperty("handfast.kafka.\"bootstrap.servers\""))
        .isEqualTo(Map.of("bootstrap.servers", "x"));
    assertThat(ofProperty("handfast.kafka.bootstrap.servers"))
        .isEqualTo(Map.of("bootstrap.servers", "x"));
  }

  @Test
  void aVariableHasAnUnderscoreForEachOfThem() {
    EnvConfigSource environment =
        new EnvConfigSource(Map.of("HANDFAST_KAFKA__BOOTSTRAP_SERVERS_", "x"), 300);

    assertThat(read(environment)).isEqualTo(Map.of("bootstrap.servers", "x"));
  }
}
