package io.handfast.delivery;

import static io.handfast.delivery.SpecificationTexts.read;
import static io.handfast.delivery.SpecificationTexts.violations;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.database.StatementTemplate;
import io.handfast.input.Violation;
import io.handfast.message.Source;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecificationReaderTest {

  private static final String INSERT = "INSERT INTO orders(id) VALUES (:id)";
  private static final String LEAST =
      "'source': {'queue': 'orders'}, 'sink': {'statements': ['" + INSERT + "']}";

  @Test
  void theDefaultsAreThoseOfTheDocumentation() throws Exception {
    DeliverySpecification read = read("{" + LEAST + "}");

    assertThat(read.source()).isEqualTo(Source.ofQueue("orders"));
    assertThat(read.guarantee()).isEqualTo(Guarantee.EXACTLY_ONCE);
    assertThat(read.protocol()).isEqualTo(ProtocolName.TWO_PHASE_COMMIT);
    assertThat(read.style()).isEqualTo(Style.PUSH);
    assertThat(read.consumers()).isEqualTo(4);
    assertThat(read.batch()).isEqualTo(100);
    assertThat(read.sink().database()).isEqualTo("default");
    assertThat(read.sink().statements()).extracting(StatementTemplate::sql).containsExactly(INSERT);
    assertThat(read.forward()).isNull();
    assertThat(read.retry()).isEqualTo(new DeliverySpecification.Retry(5, Duration.ofSeconds(1)));
    assertThat(read.deadLetter()).isEqualTo("orders.dead");
  }

  @Test
  void everyMemberIsRead() throws Exception {
    DeliverySpecification read = read(everyMember());

    assertThat(read.source()).isEqualTo(new Source("orders", null, null, "qty > 1"));
    assertThat(read.consumers()).isEqualTo(2);
    assertThat(read.batch()).isEqualTo(10);
    assertThat(read.sink().database()).isEqualTo("reporting");
    assertThat(read.sink().statements()).hasSize(2);
    assertThat(read.forward()).isEqualTo("orders.accepted");
    assertThat(read.retry()).isEqualTo(new DeliverySpecification.Retry(7, Duration.ofMillis(1500)));
    assertThat(read.deadLetter()).isEqualTo("orders.broken");
  }

  @Test
  void whatIsWrittenReadsBackAsEqual() throws Exception {
    for (String text : List.of("{" + LEAST + "}", everyMember(), forwardOnly())) {
      DeliverySpecification first = read(text);

      JsonNode written = SpecificationWriter.writeChosen(first);
      DeliverySpecification second =
          SpecificationReader.read(
              "orders", written, SpecificationTexts.SOURCES, SpecificationTexts.HOSTS);

      assertThat(SpecificationWriter.writeChosen(second)).isEqualTo(written);
      assertThat(second).isEqualTo(first);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "consumers, 1",
    "consumers, 64",
    "batch, 1",
    "batch, 1000",
    "consumers, '\"3\"'",
    "consumers, '\" 3 \"'",
    "batch, null"
  })
  void numbersWithinTheirRangeAreTakenAlsoAsTheTextOfConfiguration(String member, String value) {
    assertThat(violations("{" + LEAST + ", '" + member + "': " + value + "}")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "consumers, 0, 0, an integer from 1 to 64",
    "consumers, 65, 65, an integer from 1 to 64",
    "consumers, -1, -1, an integer from 1 to 64",
    "consumers, 4.0, 4.0, an integer from 1 to 64",
    "consumers, true, true, an integer from 1 to 64",
    "consumers, '\"four\"', four, an integer from 1 to 64",
    "consumers, '\"\"', '', an integer from 1 to 64",
    "consumers, [4], [4], an integer from 1 to 64",
    "batch, 0, 0, an integer from 1 to 1000",
    "batch, 1001, 1001, an integer from 1 to 1000",
    "batch, 4294967297, 4294967297, an integer from 1 to 1000",
    "batch, 99999999999999999999, 99999999999999999999, an integer from 1 to 1000",
  })
  void numbersOutOfTheirRangeAreViolations(String member, String json, String value, String rule) {
    assertThat(violations("{" + LEAST + ", '" + member + "': " + json + "}"))
        .containsExactly(new Violation(member, value, rule));
  }

  @ParameterizedTest
  @CsvSource({
    "attempts, 1",
    "attempts, 10000",
    "delay, '\"PT0S\"'",
    "delay, '\"PT0.5S\"'",
    "delay, '\"P30D\"'"
  })
  void retriesWithinTheirRangeAreTaken(String member, String value) {
    assertThat(violations("{" + LEAST + ", 'retry': {'" + member + "': " + value + "}}")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "attempts, 0, 0, an integer from 1 to 10000",
    "attempts, 10001, 10001, an integer from 1 to 10000",
    "delay, '\"PT-1S\"', PT-1S, an ISO-8601 duration from PT0S to PT720H",
    "delay, '\"P31D\"', P31D, an ISO-8601 duration from PT0S to PT720H",
    "delay, '\"30s\"', 30s, an ISO-8601 duration from PT0S to PT720H",
    "delay, 1000, 1000, a text that is not empty"
  })
  void retriesOutOfTheirRangeAreViolations(String member, String json, String value, String rule) {
    assertThat(violations("{" + LEAST + ", 'retry': {'" + member + "': " + json + "}}"))
        .containsExactly(new Violation("retry." + member, value, rule));
  }

  @ParameterizedTest
  @CsvSource({
    "guarantee, exactly-twice, 'one of at-most-once, at-least-once, exactly-once'",
    "guarantee, EXACTLY_ONCE, 'one of at-most-once, at-least-once, exactly-once'",
    "protocol, three-phase-commit, 'one of two-phase-commit, local-commit, idempotency'",
    "style, shove, 'one of push, pull'"
  })
  void choicesAreSpelledAsOnTheWire(String member, String value, String rule) {
    assertThat(violations("{" + LEAST + ", '" + member + "': '" + value + "'}"))
        .containsExactly(new Violation(member, value, rule));
  }

  @Test
  void everyViolationIsToldAtOnceWithFieldValueAndRule() {
    List<Violation> violations =
        violations(
            "bad name",
            """
            {'source': {'selector': ' ', 'que': 'orders'}, 'consumers': 0, 'batch': 'many',
             'guarantee': 'maybe', 'sink': {'statements': ['INSERT INTO a VALUES (:id)', 7, '']},
             'forward': {}, 'retry': {'attempts': 0, 'delay': 'soon'}, 'colour': 'red'}""");

    assertThat(violations)
        .extracting(Violation::field, Violation::value)
        .containsExactlyInAnyOrder(
            tuple("name", "bad name"),
            tuple("colour", "red"),
            tuple("source.que", "orders"),
            tuple("source.queue", null),
            tuple("source.selector", " "),
            tuple("guarantee", "maybe"),
            tuple("consumers", "0"),
            tuple("batch", "many"),
            tuple("sink.statements[1]", "7"),
            tuple("sink.statements[2]", ""),
            tuple("forward.queue", null),
            tuple("retry.attempts", "0"),
            tuple("retry.delay", "soon"));
    assertThat(violations).allMatch(violation -> !violation.rule().isBlank());
  }

  @Test
  void unknownMembersAreToldWithThoseThatAreKnown() {
    assertThat(violations("{" + LEAST + ", 'deadletter': {'queue': 'x'}}"))
        .singleElement()
        .satisfies(
            violation -> {
              assertThat(violation.field()).isEqualTo("deadletter");
              assertThat(violation.value()).isEqualTo("{\"queue\":\"x\"}");
              assertThat(violation.rule()).contains("known are", "deadLetter", "source");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"source", "sink", "forward", "retry", "deadLetter"})
  void aMemberThatIsNoObjectWhereOneBelongsIsAViolation(String member) {
    String body =
        "{'source': {'queue': 'a'}, 'forward': {'queue': 'b'}}"
            .replace("'" + member + "': {", "'was': {")
            .replaceFirst("\\{", "{'" + member + "': 'text', ");

    assertThat(violations(body)).contains(new Violation(member, "text", "an object"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "'text'", "7", "true"})
  void aBodyThatIsNoObjectIsAViolation(String body) {
    assertThat(violations(body))
        .anyMatch(
            violation -> violation.field().equals("body") && violation.rule().equals("an object"));
  }

  @Test
  void aDeliveryThatLeadsNowhereIsAViolation() {
    assertThat(violations("{'source': {'queue': 'orders'}}"))
        .extracting(Violation::field)
        .containsExactly("sink");
  }

  @Test
  void aStatementThatCannotBeReadIsAViolationOfItsOwnPlace() {
    assertThat(
            violations(
                """
                {'source': {'queue': 'a'}, 'sink': {'statements': [
                  'INSERT INTO a VALUES (:id)', '-- nothing', 'UPDATE a SET b = "c', 'COMMIT']}}"""))
        .extracting(Violation::field)
        .containsExactly("sink.statements[1]", "sink.statements[2]", "sink.statements[3]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-a", ".a", "a b", "a/b", "ä", "a\n"})
  void aNameThatNoAddressCanCarryIsAViolation(String name) {
    assertThat(violations(name, "{" + LEAST + "}"))
        .extracting(Violation::field)
        .containsExactly("name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "A.b_c-1", "0"})
  void aNameOfLettersDigitsAndThreeSignsIsTaken(String name) {
    assertThat(violations(name, "{" + LEAST + "}")).isEmpty();
  }

  @Test
  void aLongValueIsShownShortened() {
    String value = "x".repeat(1000);

    assertThat(violations("{" + LEAST + ", 'style': '" + value + "'}"))
        .singleElement()
        .satisfies(violation -> assertThat(violation.value()).hasSize(201).endsWith("…"));
  }

  private static String everyMember() {
    return """
        {'source': {'queue': 'orders', 'selector': 'qty > 1'},
         'guarantee': 'exactly-once', 'protocol': 'two-phase-commit', 'style': 'push',
         'consumers': 2, 'batch': 10,
         'sink': {'database': 'reporting', 'statements': [
           'INSERT INTO orders(id, item) VALUES (:id, :header.X)',
           'UPDATE totals SET n = n + 1 WHERE message = :message.id']},
         'forward': {'queue': 'orders.accepted'},
         'retry': {'attempts': 7, 'delay': 'PT1.5S'},
         'deadLetter': {'queue': 'orders.broken'}}""";
  }

  private static String forwardOnly() {
    return "{'source': {'queue': 'orders'}, 'forward': {'queue': 'orders.accepted'}}";
  }
}
