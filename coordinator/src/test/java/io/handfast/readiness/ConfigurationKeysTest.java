package io.handfast.readiness;

import static io.smallrye.config.ConfigMappings.ConfigClass.configClass;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.node.ConfigurationInterfaces;
import io.handfast.readiness.Check.Finding;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationKeysTest {

  private static final String FILE =
      "PropertiesConfigSource[source=file:/srv/application.properties]";

  @Test
  void everyInterfaceOfConfigurationIsKnownWithItsPrefix() {
    Map<Class<?>, String> all =
        ConfigurationInterfaces.all().stream()
            .collect(Collectors.toMap(type -> type, type -> configClass(type).getPrefix()));

    assertThat(ConfigurationKeys.MAPPINGS).isEqualTo(all);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HANDFAST_NODE",
        "HANDFAST_BROKER_URL",
        "HANDFAST_DATA_DIRECTORY",
        "handfast_client_sql",
        "handfast.broker.url",
        "HANDFAST_DATABASE_REPORTING_URL",
        "HANDFAST_DATABASE__REPORTING__URL",
        "HANDFAST_DATABASE__MY_ARCHIVE__PASSWORD",
        "HANDFAST_DELIVERIES__ORDERS__DEADLETTER_QUEUE",
        "HANDFAST_DELIVERIES__ORDERS__SINK_STATEMENTS_0_",
        "HANDFAST_STATEMENTS__ADD_ORDER_",
        "HANDFAST_STATEMENTS_ADD_ORDER",
        "HANDFAST_KAFKA__BOOTSTRAP_SERVERS_",
        "HANDFAST_KAFKA_BOOTSTRAP_SERVERS",
        "HANDFAST_ACCEPTED_RISKS_0_",
        "_PROD_HANDFAST_NODE",
        "HANDFAST",
        "PATH",
      })
  void variablesThatAreReadOrAreNotOursPass(String variable) {
    assertThat(environment(variable)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "HANDFAST_BROKR_URL,                      HANDFAST_BROKER_URL",
    "handfast_brokr_url,                      HANDFAST_BROKER_URL",
    "handfast.brokr.url,                      HANDFAST_BROKER_URL",
    "_PROD_HANDFAST_NOD,                      HANDFAST_NODE",
    "HANDFAST_BROKER_USER,                    HANDFAST_BROKER_USERNAME",
    "HANDFAST_DATABASE__REPORTING__ULR,       HANDFAST_DATABASE__NAME__URL",
    "HANDFAST_DATABASE_MY_ARCHIVE_URL,        HANDFAST_DATABASE__NAME__URL",
    "HANDFAST_DELIVERIES_A_B_SOURCE_QUEUE,    HANDFAST_DELIVERIES__NAME__SOURCE_QUEUE",
    "HANDFAST_DB_URL,                         ",
    "HANDFAST_PORT,                           ",
    "HANDFAST_HOME,                           ",
  })
  void variablesThatNothingReadsAreRefused(String variable, String meant) {
    assertRefused(environment(variable), variable, "the environment", meant);
  }

  @ParameterizedTest
  @CsvSource({
    "handfast.brokr.url,                        handfast.broker.url",
    "handfast.dataDirectory,                    handfast.data-directory",
    "handfast.database.user,                    handfast.database.username",
    "handfast.database.my.archive.url,          'handfast.database.\"name\".url'",
    "handfast.deliveries.a.sink.statement[0],   'handfast.deliveries.\"name\".sink.statements'",
    "handfast.deliveries.a.dead-letter.queue,   'handfast.deliveries.\"name\".deadLetter.queue'",
    "handfast.transaction.limit,                handfast.transactions.limit",
    "%prod.handfast.nod,                        handfast.node",
    "handfast.http.port,                        ",
  })
  void propertiesThatNothingReadsAreRefused(String property, String meant) {
    String name = property.replaceFirst("^%prod\\.", "");
    assertRefused(file(property), name, "/srv/application.properties", meant);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "handfast.database.url",
        "handfast.database.reporting.url",
        "handfast.database.\"my.archive\".url",
        "handfast.deliveries.\"orders\".sink.statements[10]",
        "handfast.deliveries.orders.deadLetter.queue",
        "handfast.statements.add.order",
        "handfast.kafka.\"bootstrap.servers\"",
        "handfast.kafka.bootstrap.servers",
        "handfast.statements.\"add\"",
        "handfast.allowed-hosts[1]",
        "%dev.handfast.node",
        "quarkus.http.prot",
        "handfasten.x",
      })
  void propertiesThatAreReadOrAreNotOursPass(String property) {
    assertThat(file(property)).isEmpty();
  }

  @Test
  void variablesAboutServicesOfKubernetesPass() {
    assertThat(
            environment(
                "HANDFAST_SERVICE_HOST",
                "HANDFAST_SERVICE_PORT",
                "HANDFAST_SERVICE_PORT_HTTP",
                "HANDFAST_PORT",
                "HANDFAST_PORT_8080_TCP",
                "HANDFAST_PORT_8080_TCP_PROTO",
                "HANDFAST_PORT_8080_TCP_PORT",
                "HANDFAST_PORT_8080_TCP_ADDR",
                "HANDFAST_BROKER_SERVICE_HOST",
                "HANDFAST_BROKER_SERVICE_PORT",
                "HANDFAST_BROKER_PORT",
                "HANDFAST_BROKER_PORT_61616_TCP"))
        .isEmpty();
    assertThat(environment("HANDFAST_SERVICE_HOST", "HANDFAST_SERVICE_PORT", "HANDFAST_PRT"))
        .extracting(Finding::key)
        .containsExactly("HANDFAST_PRT");
  }

  @Test
  void aVariableForAPropertyOfAFilePasses() {
    SmallRyeConfig config =
        config(
            Map.of("HANDFAST_DELIVERIES_MY_ORDERS_CONSUMERS", "8"),
            Map.of("handfast.deliveries.my-orders.consumers", "4"));

    assertThat(findings(config)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"HANDFAST_BROKER_URL", "HANDFAST_DATABASE_URL", "HANDFAST_NODE"})
  void anAddressThatIsEmptyIsRefused(String variable) {
    String key = variable.toLowerCase().replace('_', '.');
    List<Finding> findings = findings(config(Map.of(variable, ""), Map.of(key, "set")));

    assertThat(findings)
        .singleElement()
        .hasToString(
            key
                + ": is set, and its value is empty; give it a value, or do not set it ("
                + variable
                + " neither)");
    assertThat(findings(config(Map.of(variable, "set"), Map.of(key, "")))).isEmpty();
  }

  private static void assertRefused(
      List<Finding> findings, String key, String place, String meant) {
    assertThat(findings).singleElement().matches(Finding::isRefusal);
    assertThat(findings.get(0).key()).isEqualTo(key);
    assertThat(findings.get(0).problem()).contains(place);
    assertThat(findings.get(0).remedy())
        .isEqualTo(
            meant == null
                ? "docs/reference/configuration.md lists the keys; remove it, or correct its name"
                : "did you mean " + meant + "?");
  }

  private static List<Finding> environment(String... variables) {
    Map<String, String> environment = new HashMap<>();
    Arrays.stream(variables).forEach(variable -> environment.put(variable, "true"));
    return findings(config(environment, Map.of()));
  }

  private static List<Finding> file(String property) {
    return findings(config(Map.of(), Map.of(property, "x")));
  }

  private static SmallRyeConfig config(
      Map<String, String> environment, Map<String, String> properties) {
    return new SmallRyeConfigBuilder()
        .addDefaultInterceptors()
        .withProfile("prod")
        .withSources(new EnvConfigSource(environment, 300))
        .withSources(new PropertiesConfigSource(properties, FILE, 260))
        .build();
  }

  private static List<Finding> findings(SmallRyeConfig config) {
    return Check.ofNode("configuration-keys", new ConfigurationKeys(config)::check)
        .findings(CheckedState.NOTHING);
  }
}
