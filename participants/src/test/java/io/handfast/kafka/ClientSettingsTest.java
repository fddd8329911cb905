package io.handfast.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.message.BrokerException;
import io.handfast.message.MessageLimits;
import io.handfast.message.Source;
import io.handfast.message.Source.Start;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The user's settings go to Kafka's client as they are, unless the protocol would break. */
class ClientSettingsTest {

  private static final MessageLimits LIMITS = MessageLimits.ofHeap(1 << 28);

  private static ClientSettings with(String... more) {
    Map<String, String> given = new HashMap<>();
    given.put("bootstrap.servers", "kafka:9092");
    for (int i = 0; i < more.length; i += 2) {
      given.put(more[i], more[i + 1]);
    }
    return new ClientSettings(given, LIMITS);
  }

  @ParameterizedTest
  @CsvSource({
    "enable.auto.commit, true, positions move with the rows",
    "auto.offset.reset, latest, operator",
    "isolation.level, read_uncommitted, rolled back",
    "group.protocol, consumer, classic",
    "key.deserializer, org.example.Avro, reads keys itself",
    "value.deserializer, org.example.Avro, reads bodies itself",
    "partition.assignment.strategy, org.example.Mine, one",
    "allow.auto.create.topics, true, mistyped",
    "group.id, mine, source.kafka.group",
    "group.instance.id, mine, one member"
  })
  void aSettingThatTheProtocolContradictsIsRefusedWithTheReason(
      String key, String value, String reason) {
    assertThatThrownBy(() -> with(key, value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(key)
        .hasMessageContaining(reason)
        .hasMessageEndingWith("remove the key");
  }

  @Test
  void aSettingThatSaysWhatIsSoAnywayIsTaken() {
    assertThat(with("isolation.level", "READ_COMMITTED").ofConsumer("g"))
        .containsEntry("isolation.level", "read_committed");
  }

  @Test
  void theAddressesOfTheBrokersMustBeThere() {
    assertThatThrownBy(() -> new ClientSettings(Map.of(), LIMITS))
        .hasMessageContaining("bootstrap.servers is missing");
  }

  @Test
  void whatTheUserSetsWinsOverBounds() {
    Map<String, Object> settings =
        with("session.timeout.ms", "30000", "fetch.max.bytes", "99").ofConsumer("g");

    assertThat(settings)
        .containsEntry("session.timeout.ms", "30000")
        .containsEntry("fetch.max.bytes", "99")
        .containsEntry("group.id", "g");
  }

  @Test
  void theClientBuffersNoMoreThanAUnitMayHave() {
    Map<String, Object> settings = with().ofConsumer("g");

    assertThat(settings)
        .containsEntry("fetch.max.bytes", String.valueOf(LIMITS.unit()))
        .containsEntry("max.partition.fetch.bytes", "1048576");
  }

  @Test
  void kafkasOwnClientsTakeThem() {
    ClientSettings settings =
        with("security.protocol", "SASL_PLAINTEXT", "sasl.mechanism", "PLAIN", "my.own", "1");

    new ConsumerConfig(settings.ofConsumer("g"));
    new AdminClientConfig(settings.ofAdministration());

    assertThat(settings.ofAdministration())
        .containsEntry("sasl.mechanism", "PLAIN")
        .containsEntry("my.own", "1")
        .doesNotContainKeys("isolation.level", "group.id", "key.deserializer");
  }

  @Test
  void eachClientHasANameOfItsOwn() {
    ClientSettings settings = with("client.id", "mine");

    assertThat(settings.ofConsumer("g").get("client.id")).asString().startsWith("mine-");
    assertThat(settings.ofConsumer("g").get("client.id"))
        .isNotEqualTo(settings.ofConsumer("g").get("client.id"));
  }

  @Test
  void keysThatNoClientKnowsAreNamed() {
    assertThat(with("bootstrap.server", "x", "sasl.mechanism", "PLAIN").unknownKeys())
        .containsExactly("bootstrap.server");
  }

  @Test
  void anAddressThatCannotBeResolvedIsSaidInTheUsersWords() {
    try (KafkaTopics topics =
        new KafkaTopics(Map.of("bootstrap.servers", "no-such-host.invalid:9092"), LIMITS)) {
      assertThatThrownBy(
              () ->
                  topics
                      .openPositioned()
                      .consume(Source.ofPartitions("orders", "g", Start.EARLIEST)))
          .isInstanceOf(BrokerException.class)
          .hasMessageContaining("handfast.kafka")
          .hasMessageContaining("bootstrap");
    }
  }

  @Test
  void aClusterThatIsAwayIsNamedWithinItsBound() {
    Map<String, String> away =
        Map.of(
            "bootstrap.servers",
            "127.0.0.1:9",
            "default.api.timeout.ms",
            "600",
            "request.timeout.ms",
            "500");
    try (KafkaTopics topics = new KafkaTopics(away, LIMITS)) {
      assertThatThrownBy(
              () ->
                  topics
                      .openPositioned()
                      .consume(Source.ofPartitions("orders", "g", Start.EARLIEST)))
          .isInstanceOf(BrokerException.class)
          .hasMessageContaining("127.0.0.1:9 does not answer");
    }
  }
}
