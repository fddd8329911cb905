package io.handfast.delivery;

import static io.handfast.delivery.SpecificationTexts.read;
import static io.handfast.delivery.SpecificationTexts.violations;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.handfast.input.Violation;
import io.handfast.message.Source;
import io.handfast.message.Sources;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a delivery from Kafka may say, and what is wrong with what it may not. */
class KafkaSpecificationTest {

  private static final String SINK =
      ", 'sink': {'statements': ['INSERT INTO t(k, p) VALUES (:key, :kafka.partition)']}";

  private static final String ROWS = ", 'sink': {'statements': ['INSERT INTO t(a) VALUES (:a)']}";

  private static String from(String kafka) {
    return "{'source': {'kafka': " + kafka + "}" + SINK + "}";
  }

  @Test
  void theDefaultsAreThoseOfTheDocumentation() throws Exception {
    DeliverySpecification read = read(from("{'topic': 'orders'}"));

    assertThat(read.source())
        .isEqualTo(Source.ofPartitions("orders", "handfast-orders", Source.Start.EARLIEST));
    assertThat(read.guarantee()).isEqualTo(Guarantee.EXACTLY_ONCE);
    assertThat(read.protocol()).isEqualTo(ProtocolName.LOCAL_COMMIT);
    assertThat(read.isPrepared()).isFalse();
    assertThat(read.deadLetter()).isEqualTo("database/orders");
  }

  @Test
  void whatIsWrittenReadsBackAsEqual() throws Exception {
    DeliverySpecification first =
        read(from("{'topic': 'a.b_c-d', 'group': 'mine', 'from': 'latest'}"));

    JsonNode written = SpecificationWriter.write(first);

    assertThat(written.at("/source").toString())
        .isEqualTo(
            "{\"kafka\":{\"topic\":\"a.b_c-d\",\"group\":\"mine\",\"from\":\"latest\",\"format\":\"text\"}}");
    assertThat(read(written.toString().replace('"', '\''))).isEqualTo(first);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                          | source.kafka.topic | is required",
        "{'topic': '..'}                             | source.kafka.topic | 1 to 249 of",
        "{'topic': 'a b'}                            | source.kafka.topic | 1 to 249 of",
        "{'topic': 'a', 'from': 'now'}               | source.kafka.from  | one of earliest, latest",
        "{'topic': 'a', 'key': {'header': 'id'}}     | source.kafka.key   | only with protocol idempotency",
        "{'topic': 'a', 'key': {}}                   | source.kafka.key.header | is required",
        "{'topic': 'a', 'key': 'message-id'}         | source.kafka.key   | an object",
        "{'topic': 'a', 'format': 'avro'}            | source.kafka.format | one of text, bytes",
        "{'topic': 'a', 'partition': 1}              | source.kafka.partition | unknown member",
        "{'topic': 'a'}, 'queue': 'q'                | source.queue       | unknown member"
      })
  void whatIsWrongIsSaidOfItsField(String kafka, String field, String rule) {
    String body =
        kafka.endsWith("}") ? from(kafka) : from(kafka).replace("}}, 'sink'", "}, 'sink'");

    assertThat(violations(body))
        .singleElement()
        .satisfies(
            violation -> {
              assertThat(violation.field()).isEqualTo(field);
              assertThat(violation.rule()).startsWith(rule);
            });
  }

  @Test
  void aHeaderTellsRecordsApartUnderIdempotency() throws Exception {
    String body =
        from("{'topic': 'a', 'key': {'header': 'event-id'}}")
            .replace("}}}, 'sink'", "}}}, 'protocol': 'idempotency', 'sink'");

    DeliverySpecification read = read(body);

    assertThat(read.source())
        .isEqualTo(
            Source.ofPartitions(
                "a",
                new Source.Group(
                    "handfast-orders", Source.Start.EARLIEST, Source.Format.TEXT, "event-id")));
    assertThat(OwnTable.of(read))
        .containsExactlyInAnyOrder(OwnTable.MARKER, OwnTable.DEAD_LETTERS, OwnTable.INBOX);
    assertThat(read(SpecificationWriter.write(read).toString().replace('"', '\''))).isEqualTo(read);
  }

  @Test
  void recordsOfBytesHaveNoFieldsButKeyAndBody() throws Exception {
    String bytes = from("{'topic': 'a', 'format': 'bytes'}");
    String fields = bytes.replace(":key, ", ":key, :id, :body, ");

    assertThat(read(bytes).source().group().format()).isEqualTo(Source.Format.BYTES);
    assertThat(read(bytes.replace(":key", ":body")).sink().format()).isEqualTo(Source.Format.BYTES);
    assertThat(violations(fields))
        .singleElement()
        .satisfies(
            violation -> {
              assertThat(violation.field()).isEqualTo("sink.statements[0]");
              assertThat(violation.rule()).startsWith("no field but :body and :key");
            });
  }

  @Test
  void aDeadLetterQueueIsRefused() {
    String body =
        from("{'topic': 'a'}").replace("}}, 'sink'", "}}, 'deadLetter': {'queue': 'd'}, 'sink'");

    assertThat(violations(body)).extracting(Violation::field).containsExactly("deadLetter");
  }

  @Test
  void whatOnlyRecordsHaveIsRefusedOfAQueue() {
    assertThat(violations("{'source': {'queue': 'q'}" + SINK + "}"))
        .extracting(Violation::field)
        .containsExactly("sink.statements[0]");
  }

  @Test
  void aNodeThatKnowsNoClusterSaysHowItWould() throws Exception {
    JsonNode body = new ObjectMapper().readTree(from("{'topic': 'a'}").replace('\'', '"'));
    Sources noKafka = new Sources(SpecificationTexts.SOURCES.queues(), Optional.empty());

    List<Violation> violations =
        SpecificationReader.readAll("orders", body, noKafka, SpecificationTexts.HOSTS).violations();

    assertThat(violations)
        .singleElement()
        .satisfies(
            violation ->
                assertThat(violation.rule()).contains("handfast.kafka.\"bootstrap.servers\""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'queue': 'a'}                         |                            | source.queue",
        "{'topic': 'a', 'subscription': 's'}    |                            | source.topic",
        "{'queue': 'a', 'selector': '('}        |                            | source.queue",
        "{'queue': 'a'}                         | , 'forward': {'queue': 'b'}| source.queue forward.queue",
        "{'kafka': {'topic': 'a'}}              |                            | ",
      })
  void aNodeWithoutABrokerSaysThatQueuesNeedOne(String source, String more, String fields)
      throws Exception {
    String body = "{'source': %s%s%s}".formatted(source, more == null ? "" : more, ROWS);
    Sources noBroker = new Sources(Optional.empty(), SpecificationTexts.SOURCES.partitions());

    List<Violation> violations =
        SpecificationReader.readAll(
                "orders",
                new ObjectMapper().readTree(body.replace('\'', '"')),
                noBroker,
                SpecificationTexts.HOSTS)
            .violations();

    assertThat(violations)
        .extracting(Violation::field)
        .containsExactly(fields == null ? new String[0] : fields.split(" "));
    assertThat(violations)
        .allSatisfy(
            violation -> {
              assertThat(violation.value()).isIn("a", "b");
              assertThat(violation.rule()).contains("handfast.broker.enabled is false");
            });
  }
}
