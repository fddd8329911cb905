package io.handfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.delivery.DeliveriesConfig;
import io.handfast.readiness.ReadinessConfig;
import io.handfast.recovery.RecoveryConfig;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The documented keys and defaults, read without the framework that reads them in production. */
class ConfigTest {

  @Test
  void theNodesDefaultsAreThoseOfTheDocumentation() {
    NodeConfig node = properties(Map.of()).getConfigMapping(NodeConfig.class);

    assertThat(node.node()).isEmpty();
    assertThat(node.dataDirectory()).isEqualTo(Path.of("data"));
    assertThat(node.broker().url()).isEmpty();
    assertThat(node.broker().username()).isEmpty();
    assertThat(node.broker().password()).isEmpty();
    assertThat(node.embedded().brokerPort()).isEqualTo(61616);
    assertThat(node.inbox().keep()).isEqualTo(Duration.ofHours(24));
    assertThat(node.shutdownTimeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(node.deadLetters().keep()).isEqualTo(Duration.ofDays(30));
    assertThat(node.nodeNamePatience()).isEqualTo(Duration.ofSeconds(15));
    assertThat(node.database().values()).allMatch(database -> database.url().isEmpty());
  }

  @Test
  void recoverysDefaultsAreThoseOfTheDocumentation() {
    RecoveryConfig recovery = properties(Map.of()).getConfigMapping(RecoveryConfig.class);

    assertThat(recovery.interval()).isEqualTo(Duration.ofSeconds(10));
    assertThat(recovery.retryInterval()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void noRiskIsAcceptedUnlessItIsNamed() {
    assertThat(properties(Map.of()).getConfigMapping(ReadinessConfig.class).acceptedRisks())
        .isEmpty();
    Map<String, String> two = Map.of("handfast.accepted-risks", "h2-version,postgresql-durability");
    assertThat(properties(two).getConfigMapping(ReadinessConfig.class).acceptedRisks())
        .contains(Set.of("h2-version", "postgresql-durability"));
    Map<String, String> environment = Map.of("HANDFAST_ACCEPTED_RISKS", "h2-version");
    assertThat(environment(environment).getConfigMapping(ReadinessConfig.class).acceptedRisks())
        .contains(Set.of("h2-version"));
  }

  @Test
  void noDeliveryIsDeclaredUnlessOneIs() {
    DeliveriesConfig deliveries = properties(Map.of()).getConfigMapping(DeliveriesConfig.class);

    assertThat(deliveries.byName()).isEmpty();
  }

  @Test
  void everyKeyOfTheNodeIsRead() {
    NodeConfig node =
        properties(
                Map.of(
                    "handfast.node", "orders-1",
                    "handfast.data-directory", "/var/lib/handfast",
                    "handfast.broker.url", "tcp://broker:61616",
                    "handfast.broker.username", "b-user",
                    "handfast.broker.password", "b-secret",
                    "handfast.embedded.broker-port", "0",
                    "handfast.database.url", "jdbc:postgresql://db/orders",
                    "handfast.database.username", "d-user",
                    "handfast.database.password", "d-secret"))
            .getConfigMapping(NodeConfig.class);

    assertThat(node.node()).contains("orders-1");
    assertThat(node.dataDirectory()).isEqualTo(Path.of("/var/lib/handfast"));
    assertThat(node.broker().url()).contains("tcp://broker:61616");
    assertThat(node.broker().username()).contains("b-user");
    assertThat(node.broker().password()).contains("b-secret");
    assertThat(node.embedded().brokerPort()).isZero();
    assertThat(node.database()).containsOnlyKeys("default");
    assertThat(node.database().get("default").url()).contains("jdbc:postgresql://db/orders");
    assertThat(node.database().get("default").username()).contains("d-user");
    assertThat(node.database().get("default").password()).contains("d-secret");
  }

  @Test
  void namedDatabasesStandBesideTheOneWithoutAName() {
    NodeConfig node =
        properties(
                Map.of(
                    "handfast.database.url", "jdbc:postgresql://db/orders",
                    "handfast.database.reporting.url", "jdbc:postgresql://db/reporting",
                    "handfast.database.\"my-archive\".url", "jdbc:postgresql://db/archive",
                    "handfast.database.\"my-archive\".username", "archivist"))
            .getConfigMapping(NodeConfig.class);

    assertThat(node.database()).containsOnlyKeys("default", "reporting", "my-archive");
    assertThat(node.database().get("reporting").url()).contains("jdbc:postgresql://db/reporting");
    assertThat(node.database().get("my-archive").username()).contains("archivist");
  }

  @Test
  void databasesAreReadFromTheEnvironment() {
    NodeConfig node =
        environment(
                Map.of(
                    "HANDFAST_NODE", "orders-1",
                    "HANDFAST_DATA_DIRECTORY", "/var/lib/handfast",
                    "HANDFAST_BROKER_URL", "tcp://broker:61616",
                    "HANDFAST_EMBEDDED_BROKER_PORT", "0",
                    "HANDFAST_DATABASE_URL", "jdbc:postgresql://db/orders",
                    "HANDFAST_DATABASE_PASSWORD", "d-secret",
                    "HANDFAST_DATABASE__REPORTING__URL", "jdbc:postgresql://db/reporting"))
            .getConfigMapping(NodeConfig.class);

    assertThat(node.node()).contains("orders-1");
    assertThat(node.dataDirectory()).isEqualTo(Path.of("/var/lib/handfast"));
    assertThat(node.broker().url()).contains("tcp://broker:61616");
    assertThat(node.embedded().brokerPort()).isZero();
    assertThat(node.database()).containsOnlyKeys("default", "reporting");
    assertThat(node.database().get("default").url()).contains("jdbc:postgresql://db/orders");
    assertThat(node.database().get("default").password()).contains("d-secret");
    assertThat(node.database().get("reporting").url()).contains("jdbc:postgresql://db/reporting");
  }

  @Test
  void deliveriesAreReadByName() {
    DeliveriesConfig deliveries =
        properties(
                Map.ofEntries(
                    Map.entry("handfast.deliveries.orders.source.queue", "orders"),
                    Map.entry("handfast.deliveries.orders.source.selector", "qty > 1"),
                    Map.entry("handfast.deliveries.orders.guarantee", "exactly-once"),
                    Map.entry("handfast.deliveries.orders.protocol", "two-phase-commit"),
                    Map.entry("handfast.deliveries.orders.style", "push"),
                    Map.entry("handfast.deliveries.orders.consumers", "2"),
                    Map.entry("handfast.deliveries.orders.batch", "10"),
                    Map.entry("handfast.deliveries.orders.sink.database", "reporting"),
                    Map.entry(
                        "handfast.deliveries.orders.sink.statements[0]",
                        "INSERT INTO orders(id, item) VALUES (:id, :item)"),
                    Map.entry("handfast.deliveries.orders.sink.statements[1]", "SELECT 1"),
                    Map.entry("handfast.deliveries.orders.forward.queue", "accepted"),
                    Map.entry("handfast.deliveries.orders.retry.attempts", "7"),
                    Map.entry("handfast.deliveries.orders.retry.delay", "PT2S"),
                    Map.entry("handfast.deliveries.orders.deadLetter.queue", "broken"),
                    Map.entry("handfast.deliveries.\"a.b\".source.queue", "other")))
            .getConfigMapping(DeliveriesConfig.class);

    assertThat(deliveries.byName()).containsOnlyKeys("orders", "a.b");
    DeliveriesConfig.Fields orders = deliveries.byName().get("orders");
    assertThat(orders.source().queue()).contains("orders");
    assertThat(orders.source().selector()).contains("qty > 1");
    assertThat(orders.guarantee()).contains("exactly-once");
    assertThat(orders.protocol()).contains("two-phase-commit");
    assertThat(orders.style()).contains("push");
    assertThat(orders.consumers()).contains("2");
    assertThat(orders.batch()).contains("10");
    assertThat(orders.sink().orElseThrow().database()).contains("reporting");
    assertThat(orders.sink().orElseThrow().statements())
        .contains(List.of("INSERT INTO orders(id, item) VALUES (:id, :item)", "SELECT 1"));
    assertThat(orders.forward().orElseThrow().queue()).contains("accepted");
    assertThat(orders.retry().orElseThrow().attempts()).contains("7");
    assertThat(orders.retry().orElseThrow().delay()).contains("PT2S");
    assertThat(orders.deadLetter().orElseThrow().queue()).contains("broken");
  }

  @Test
  void deliveriesAreReadFromTheEnvironment() {
    DeliveriesConfig deliveries =
        environment(
                Map.of(
                    "HANDFAST_DELIVERIES__ORDERS__SOURCE_QUEUE",
                    "orders",
                    "HANDFAST_DELIVERIES__ORDERS__BATCH",
                    "10",
                    "HANDFAST_DELIVERIES__ORDERS__SINK_STATEMENTS_0_",
                    "INSERT INTO orders(id, item) VALUES (:id, :item)"))
            .getConfigMapping(DeliveriesConfig.class);

    assertThat(deliveries.byName()).containsOnlyKeys("orders");
    DeliveriesConfig.Fields orders = deliveries.byName().get("orders");
    assertThat(orders.source().queue()).contains("orders");
    assertThat(orders.batch()).contains("10");
    assertThat(orders.sink().orElseThrow().statements())
        .contains(List.of("INSERT INTO orders(id, item) VALUES (:id, :item)"));
  }

  @Test
  void theEnvironmentChangesADeadLetterQueueOfTheProperties() {
    Map<String, String> properties =
        Map.of(
            "handfast.deliveries.\"orders\".source.queue", "orders",
            "handfast.deliveries.\"orders\".deadLetter.queue", "dead");

    DeliveriesConfig deliveries =
        mapped()
            .withSources(new PropertiesConfigSource(properties, "test", 100))
            .withSources(
                new EnvConfigSource(
                    Map.of("HANDFAST_DELIVERIES__ORDERS__DEADLETTER_QUEUE", "broken"), 300))
            .build()
            .getConfigMapping(DeliveriesConfig.class);

    assertThat(deliveries.byName().get("orders").deadLetter().orElseThrow().queue())
        .contains("broken");
  }

  @Test
  void aDurationThatIsNotOneIsRefused() {
    assertThatThrownBy(
            () ->
                properties(Map.of("handfast.recovery.interval", "soon"))
                    .getConfigMapping(RecoveryConfig.class))
        .hasStackTraceContaining("handfast.recovery.interval");
  }

  private static SmallRyeConfig properties(Map<String, String> values) {
    return mapped().withSources(new PropertiesConfigSource(values, "test", 100)).build();
  }

  private static SmallRyeConfig environment(Map<String, String> values) {
    return mapped().withSources(new EnvConfigSource(values, 300)).build();
  }

  private static SmallRyeConfigBuilder mapped() {
    return new SmallRyeConfigBuilder()
        .withMapping(NodeConfig.class)
        .withMapping(RecoveryConfig.class)
        .withMapping(ReadinessConfig.class)
        .withMapping(DeliveriesConfig.class);
  }
}
