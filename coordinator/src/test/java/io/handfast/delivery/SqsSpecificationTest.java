package io.handfast.delivery;

import static io.handfast.delivery.SpecificationTexts.read;
import static io.handfast.delivery.SpecificationTexts.violations;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.handfast.input.Violation;
import io.handfast.message.Source;
import io.handfast.message.Source.Key;
import io.handfast.message.Sources;
import io.handfast.node.NodeConfig;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a delivery from SQS may say, and what is wrong with what it may not. */
class SqsSpecificationTest {

  private static final String SINK = ", 'sink': {'statements': ['INSERT INTO t(id) VALUES (:id)']}";

  private static String from(String sqs) {
    return "{'source': {'sqs': " + sqs + "}" + SINK + "}";
  }

  @Test
  void theDefaultsAreThoseOfTheDocumentation() throws Exception {
    DeliverySpecification read = read(from("{'queue': 'orders.fifo'}"));

    assertThat(read.source()).isEqualTo(Source.ofLeases("orders.fifo", Key.MESSAGE_ID));
    assertThat(read.guarantee()).isEqualTo(Guarantee.EXACTLY_ONCE);
    assertThat(read.protocol()).isEqualTo(ProtocolName.IDEMPOTENCY);
    assertThat(read.deadLetter()).isEqualTo("database/orders");
    assertThat(read.usesBroker()).isFalse();
    assertThat(read.source().queueName()).as("no queue of the broker").isEqualTo("sqs/orders.fifo");
    assertThat(OwnTable.of(read)).containsExactlyInAnyOrder(OwnTable.INBOX, OwnTable.DEAD_LETTERS);
  }

  @Test
  void clientsThatPullHaveInboxAndDeadLettersInTheDatabaseWithoutAName() throws Exception {
    for (String guarantee : List.of("exactly-once", "at-least-once", "at-most-once")) {
      DeliverySpecification read =
          read(
              "{'source': {'sqs': {'queue': 'a'}}, 'style': 'pull', 'guarantee': '%s'}"
                  .formatted(guarantee));

      assertThat(read.databaseName()).isEqualTo(NodeConfig.DEFAULT_DATABASE);
      assertThat(OwnTable.of(read)).contains(OwnTable.DEAD_LETTERS);
    }
  }

  @Test
  void aQueueOfAnotherAccountIsNamedByItsUrl() throws Exception {
    String url = "https://sqs.eu-central-1.amazonaws.com/123456789012/a_b-c.fifo";

    assertThat(read(from("{'queue': '%s'}".formatted(url))).source().name()).isEqualTo(url);
  }

  @Test
  void whatIsWrittenReadsBackAsEqual() throws Exception {
    DeliverySpecification first = read(from("{'queue': 'a_b-c.fifo', 'key': 'deduplication-id'}"));

    String written = SpecificationWriter.write(first).toString();

    assertThat(written)
        .contains("{\"sqs\":{\"queue\":\"a_b-c.fifo\",\"key\":\"deduplication-id\"}}")
        .doesNotContain("deadLetter");
    assertThat(read(written.replace('"', '\''))).isEqualTo(first);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                    | source.sqs.queue | is required",
        "{'queue': 'a b'}                      | source.sqs.queue | a name of 1 to 80",
        "{'queue': 'a.other'}                  | source.sqs.queue | a name of 1 to 80",
        "{'queue': 'http://localhost:9324/'}   | source.sqs.queue | a name of 1 to 80",
        "{'queue': 'https://h/1/a?b=c'}        | source.sqs.queue | a name of 1 to 80",
        "{'queue': 'a', 'key': 'body'}         | source.sqs.key   | one of message-id",
        "{'queue': 'a', 'region': 'x'}         | source.sqs.region | unknown member",
        "{'queue': 'a'}, 'queue': 'q'          | source.queue     | unknown member"
      })
  void whatIsWrongIsSaidOfItsField(String sqs, String field, String rule) {
    String body = sqs.endsWith("}") ? from(sqs) : from(sqs).replace("}}, 'sink'", "}, 'sink'");

    assertThat(violations(body))
        .singleElement()
        .satisfies(
            violation -> {
              assertThat(violation.field()).isEqualTo(field);
              assertThat(violation.rule()).startsWith(rule);
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'protocol': 'two-phase-commit'  | protocol   | idempotency, which recognises",
        "'protocol': 'local-commit'      | protocol   | idempotency, which recognises",
        "'style': 'pull'                 | sink       | not with style pull",
        "'deadLetter': {'queue': 'd'}    | deadLetter | left out"
      })
  void whatSqsCannotDoIsRefusedWithTheReason(String member, String field, String rule) {
    String body = from("{'queue': 'a'}");
    String with = body.substring(0, body.length() - 1) + ", " + member + "}";

    assertThat(violations(with))
        .filteredOn(violation -> violation.field().equals(field))
        .singleElement()
        .satisfies(violation -> assertThat(violation.rule()).startsWith(rule));
  }

  @Test
  void aKeyWithoutAnInboxSaysNothing() {
    assertThat(
            violations(
                from("{'queue': 'a.fifo', 'key': 'deduplication-id'}")
                    .replace("}}, 'sink'", "}}, 'guarantee': 'at-least-once', 'sink'")))
        .extracting(Violation::field)
        .containsExactly("source.sqs.key");
  }

  @Test
  void whatIsSentOnIsPreparedUnderIdempotency() throws Exception {
    String body = from("{'queue': 'a.fifo'}");
    String forwarding = body.substring(0, body.length() - 1) + ", 'forward': {'queue': 'next'}}";

    DeliverySpecification exactlyOnce = read(forwarding);
    DeliverySpecification atLeastOnce =
        read(forwarding.replace("'forward'", "'guarantee': 'at-least-once', 'forward'"));

    assertThat(exactlyOnce.forward()).isEqualTo("next");
    assertThat(exactlyOnce.usesBroker()).isTrue();
    assertThat(exactlyOnce.preparesTarget()).isTrue();
    assertThat(OwnTable.of(exactlyOnce))
        .containsExactlyInAnyOrder(OwnTable.INBOX, OwnTable.DEAD_LETTERS, OwnTable.MARKER);
    assertThat(atLeastOnce.preparesTarget()).isFalse();
    assertThat(OwnTable.of(atLeastOnce)).containsExactly(OwnTable.DEAD_LETTERS);
  }

  @Test
  void aNodeWithoutABrokerSendsNothingOn() throws Exception {
    String body = from("{'queue': 'a'}");
    String forwarding = body.substring(0, body.length() - 1) + ", 'forward': {'queue': 'b'}}";
    Sources noBroker =
        new Sources(
            Optional.empty(),
            SpecificationTexts.SOURCES.partitions(),
            SpecificationTexts.SOURCES.leases());

    List<Violation> violations =
        SpecificationReader.readAll(
                "orders",
                new ObjectMapper().readTree(forwarding.replace('\'', '"')),
                noBroker,
                SpecificationTexts.HOSTS)
            .violations();

    assertThat(violations)
        .singleElement()
        .satisfies(
            violation -> {
              assertThat(violation.field()).isEqualTo("forward.queue");
              assertThat(violation.rule()).contains("handfast.broker.enabled is false");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'handler': {'url': 'http://localhost/x'}",
        "'forward': {'queue': 'next'}",
        "'guarantee': 'at-least-once', 'handler': {'url': 'http://localhost/x'}"
      })
  void withoutStatementsIdsAndDeadLettersAreInTheDatabaseWithoutAName(String effects)
      throws Exception {
    DeliverySpecification read = read("{'source': {'sqs': {'queue': 'a'}}, " + effects + "}");

    assertThat(read.sink()).isNull();
    assertThat(read.databaseName()).isEqualTo(NodeConfig.DEFAULT_DATABASE);
  }
}
