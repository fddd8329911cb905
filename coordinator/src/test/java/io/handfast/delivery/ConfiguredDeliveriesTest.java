package io.handfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is declared in configuration is what a body of the same members declares. */
class ConfiguredDeliveriesTest {

  private static JsonNode read(Map<String, String> properties) {
    DeliveriesConfig config =
        new SmallRyeConfigBuilder()
            .withSources(new PropertiesConfigSource(properties, "test", 100))
            .withMapping(DeliveriesConfig.class)
            .build()
            .getConfigMapping(DeliveriesConfig.class);
    return ConfiguredDeliveries.asJson(config).get("orders");
  }

  @Test
  void eachMemberOfATopicOfKafkaIsPassedOn() {
    String kafka = "handfast.deliveries.orders.source.kafka.";

    JsonNode json =
        read(
            Map.of(
                kafka + "topic", "orders",
                kafka + "group", "g",
                kafka + "from", "latest",
                kafka + "format", "bytes",
                kafka + "key.header", "event-id"));

    assertThat(json.path("source").toString())
        .isEqualTo(
            "{\"kafka\":{\"topic\":\"orders\",\"group\":\"g\",\"from\":\"latest\",\"format\":\"bytes\",\"key\":{\"header\":\"event-id\"}}}");
  }

  @Test
  void eachMemberOfAQueueOfSqsIsPassedOn() {
    String sqs = "handfast.deliveries.orders.source.sqs.";

    JsonNode json = read(Map.of(sqs + "queue", "orders.fifo", sqs + "key", "deduplication-id"));

    assertThat(json.path("source").toString())
        .isEqualTo("{\"sqs\":{\"queue\":\"orders.fifo\",\"key\":\"deduplication-id\"}}");
  }
}
