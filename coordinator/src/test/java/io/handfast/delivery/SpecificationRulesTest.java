package io.handfast.delivery;

import static io.handfast.delivery.SpecificationTexts.read;
import static io.handfast.delivery.SpecificationTexts.violations;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.handfast.delivery.DeliverySpecification.HandlerCall;
import io.handfast.input.Violation;
import io.handfast.message.Source;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes together in a delivery, and what does not. */
class SpecificationRulesTest {

  private static final String QUEUE = "'source': {'queue': 'orders'}";
  private static final String FORWARD = "'forward': {'queue': 'accepted'}";
  private static final String HANDLER = "'handler': {'url': 'http://localhost/orders'}";
  private static final String SINK = "'sink': {'statements': ['INSERT INTO a VALUES (:id)']}";

  @Test
  void aTopicIsReadWithItsSubscription() throws Exception {
    DeliverySpecification read =
        read(
            """
            {'source': {'topic': 'prices', 'subscription': 'audit', 'selector': "type = 'x'"},
             'forward': {'queue': 'accepted'}}""");

    assertThat(read.source()).isEqualTo(new Source(null, "prices", "audit", "type = 'x'"));
    assertThat(read.deadLetter()).isEqualTo(read.source().queueName() + ".dead");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {"'topic': 'prices' | source.subscription", "'subscription': 'audit' | source.topic"})
  void aTopicNeedsASubscriptionAndTheOtherWayRound(String source, String missing) {
    assertThat(violations("{'source': {" + source + "}, " + FORWARD + "}"))
        .containsExactly(new Violation(missing, null, "is required"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"'topic': 'a', 'subscription': 'b'", "'topic': 'a'", "'subscription': 'b'"})
  void aQueueStandsBesideNoTopic(String topic) {
    assertThat(violations("{'source': {'queue': 'orders', " + topic + "}, " + FORWARD + "}"))
        .contains(
            new Violation(
                "source.queue", "orders", "either a queue, or a topic with a subscription"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "a::b", "a.*", "a.#", "a>", "a,b", "a\\n"})
  void aNameThatTheBrokerWouldReadAsMoreThanANameIsAViolation(String name) {
    assertThat(violations("{'source': {'queue': '" + name + "'}, " + FORWARD + "}"))
        .extracting(Violation::field)
        .containsExactly("source.queue");
    assertThat(violations("{" + QUEUE + ", 'forward': {'queue': '" + name + "'}}"))
        .extracting(Violation::field)
        .containsExactly("forward.queue");
    assertThat(
            violations(
                "{'source': {'topic': '" + name + "', 'subscription': 'b'}, " + FORWARD + "}"))
        .extracting(Violation::field)
        .containsExactly("source.topic");
  }

  @ParameterizedTest
  @ValueSource(strings = {"qty >", "qty = = 1", "AND", "'unclosed", "(qty > 1"})
  void aMalformedSelectorIsAViolation(String selector) {
    String body =
        "{'source': {'queue': 'orders', 'selector': \"" + selector + "\"}, " + FORWARD + "}";

    assertThat(violations(body))
        .singleElement()
        .satisfies(
            violation -> {
              assertThat(violation.field()).isEqualTo("source.selector");
              assertThat(violation.value()).isEqualTo(selector);
              assertThat(violation.rule())
                  .startsWith("a JMS selector: ")
                  .contains(" error at line 1, column ");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"qty > 1", "type IN ('a', 'b') AND x IS NOT NULL", "JMSPriority = 9"})
  void aSelectorIsTaken(String selector) {
    assertThat(
            violations(
                "{'source': {'queue': 'orders', 'selector': \""
                    + selector
                    + "\"}, "
                    + FORWARD
                    + "}"))
        .isEmpty();
  }

  @Test
  void aHandlerIsReadWithItsDefaults() throws Exception {
    DeliverySpecification read = read("{" + QUEUE + ", " + HANDLER + ", 'batch': 50}");

    assertThat(read.handler())
        .isEqualTo(new HandlerCall(URI.create("http://localhost/orders"), Duration.ofSeconds(30)));
    assertThat(read.batch()).isEqualTo(50);
    assertThat(read.unitSize()).isEqualTo(1);
  }

  @Test
  void withoutAHandlerAUnitIsABatch() throws Exception {
    DeliverySpecification read = read("{" + QUEUE + ", " + FORWARD + ", 'batch': 100}");

    assertThat(read.unitSize()).isEqualTo(100);
    assertThat(read.largestUnitSize()).isEqualTo(100);
    assertThat(SpecificationWriter.writeChosen(read).path("batch").asInt()).isEqualTo(100);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ", 'batch': 100", ", 'batch': 50, 'batchGrows': true"})
  void whatIsAnsweredIsReadBackAsItIs(String batch) throws Exception {
    DeliverySpecification read = read("{" + QUEUE + ", " + FORWARD + batch + "}");
    ObjectNode answer = SpecificationWriter.write(read);
    answer.put("name", "orders").put("state", "running").putNull("lastError").putObject("counters");
    answer.putNull("retryingSince").put("deadLetterDepth", 3);

    assertThat(
            SpecificationReader.read(
                "orders", answer, SpecificationTexts.SOURCES, SpecificationTexts.HOSTS))
        .isEqualTo(read);
  }

  @Test
  void aNameInTheBodyMustBeTheOneInThePath() {
    assertThat(violations("{" + QUEUE + ", " + FORWARD + ", 'name': 'other'}"))
        .singleElement()
        .satisfies(violation -> assertThat(violation.field()).isEqualTo("name"));
  }

  @Test
  void aUnitMayGrowWhereNobodyHasChosenTheBatch() throws Exception {
    DeliverySpecification read = read("{" + QUEUE + ", " + FORWARD + "}");

    assertThat(read.unitSize()).isEqualTo(100);
    assertThat(read.largestUnitSize()).isEqualTo(1000);
    assertThat(SpecificationWriter.write(read).path("batch").asInt()).isEqualTo(100);
    assertThat(SpecificationWriter.writeChosen(read).has("batch")).as("kept").isFalse();
    assertThat(read("{" + QUEUE + ", " + HANDLER + "}").largestUnitSize()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "'', 'a text that is not empty'",
    "orders, an absolute http or https URL",
    "/orders, an absolute http or https URL",
    "ftp://localhost/orders, an absolute http or https URL",
    "http:///orders, an absolute http or https URL",
    "http://local host/, an absolute http or https URL",
    "mailto:orders@localhost, an absolute http or https URL"
  })
  void aHandlersUrlIsAbsolute(String url, String rule) {
    assertThat(violations("{" + QUEUE + ", 'handler': {'url': '" + url + "'}}"))
        .containsExactly(new Violation("handler.url", url, rule));
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://169.254.169.254/", "http://LOCALHOST.:9000/", "https://a.b/c"})
  void aHandlersHostMustBeAllowed(String url) {
    assertThat(violations("{" + QUEUE + ", 'handler': {'url': '" + url + "'}}"))
        .containsExactly(
            new Violation("handler.url", url, "a host that handfast.allowed-hosts names"));
  }

  @Test
  void aHandlersUrlCarriesNoPasswordAndTheAnswerDoesNotRepeatIt() {
    String url = "http://ann:s3cret@localhost/orders";

    assertThat(violations("{" + QUEUE + ", 'handler': {'url': '" + url + "'}}"))
        .containsExactly(
            new Violation(
                "handler.url", "http://***@localhost/orders", "a URL without user and password"));
  }

  @Test
  void aHandlerNeedsAUrlAndKnowsNoOtherMembers() {
    assertThat(violations("{" + QUEUE + ", 'handler': {'uri': 'http://localhost'}}"))
        .extracting(Violation::field)
        .containsExactlyInAnyOrder("handler.uri", "handler.url");
  }

  @ParameterizedTest
  @CsvSource({"PT1H, true", "PT0.1S, true", "PT1H1S, false", "PT-1S, false", "30, false"})
  void aHandlersTimeOutIsAtMostAnHour(String timeout, boolean isTaken) {
    String handler = "'handler': {'url': 'https://localhost', 'timeout': '" + timeout + "'}";

    assertThat(violations("{" + QUEUE + ", " + handler + "}").isEmpty()).isEqualTo(isTaken);
  }

  @Test
  void pullTakesMessagesAndDoesNothingWithThem() throws Exception {
    DeliverySpecification read = read("{" + QUEUE + ", 'style': 'pull'}");

    assertThat(read.style()).isEqualTo(Style.PULL);
    assertThat(read.sink()).isNull();
  }

  @Test
  void pullTakesNoSinkNoForwardAndNoHandler() {
    assertThat(
            violations(
                "{" + QUEUE + ", 'style': 'pull', " + SINK + ", " + FORWARD + ", " + HANDLER + "}"))
        .extracting(Violation::field, Violation::rule)
        .containsExactlyInAnyOrder(
            tuple("sink", "not with style pull: the client does it"),
            tuple("forward", "not with style pull: the client does it"),
            tuple("handler", "not with style pull: the client does it"));
  }

  @ParameterizedTest
  @ValueSource(strings = {SINK, FORWARD, HANDLER})
  void oneEffectIsEnoughForPush(String effect) {
    assertThat(violations("{" + QUEUE + ", " + effect + "}")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"at-most-once", "at-least-once"})
  void aProtocolIsChosenForExactlyOnceOnly(String guarantee) throws Exception {
    String body = "{" + QUEUE + ", " + FORWARD + ", 'guarantee': '" + guarantee + "'";

    assertThat(violations(body + ", 'protocol': 'idempotency'}"))
        .containsExactly(
            new Violation("protocol", "idempotency", "only with guarantee exactly-once"));
    DeliverySpecification read = read(body + "}");
    assertThat(read.isTwoPhaseCommit()).isFalse();
    assertThat(read.isIdempotency()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "two-phase-commit, true, false",
    "local-commit, false, false",
    "idempotency, false, true"
  })
  void exactlyOnceIsReachedByEachProtocol(String protocol, boolean isXa, boolean usesInbox)
      throws Exception {
    DeliverySpecification read =
        read("{" + QUEUE + ", " + FORWARD + ", 'protocol': '" + protocol + "'}");

    assertThat(read.isTwoPhaseCommit()).isEqualTo(isXa);
    assertThat(read.isIdempotency()).isEqualTo(usesInbox);
  }

  @ParameterizedTest
  @ValueSource(strings = {"forward", "deadLetter"})
  void nothingIsSentToItsOwnSource(String member) {
    String queue = "'source': {'queue': 'orders'}";
    String topic = "'source': {'topic': 'prices', 'subscription': 'audit'}";
    String held = new Source(null, "prices", "audit", null).queueName();

    assertThat(violations("{" + queue + ", " + SINK + ", " + to(member, "orders") + "}"))
        .containsExactly(
            new Violation(member + ".queue", "orders", "another queue than the source"));
    assertThat(violations("{" + topic + ", " + SINK + ", " + to(member, held) + "}"))
        .containsExactly(new Violation(member + ".queue", held, "another queue than the source"));
    assertThat(violations("{" + queue + ", " + SINK + ", " + to(member, "others") + "}")).isEmpty();
  }

  private static String to(String member, String queue) {
    return "'" + member + "': {'queue': '" + queue + "'}";
  }

  @Test
  void aBadStatementRightAfterAnEntryThatIsNoTextIsToldByItsOwnPlace() {
    assertThat(
            violations(
                """
                {'source': {'queue': 'a'}, 'sink': {'statements': [
                  7, 'COMMIT', null, '-- nothing', 'INSERT INTO a VALUES (:id)']}}"""))
        .extracting(Violation::field, Violation::value)
        .containsExactlyInAnyOrder(
            tuple("sink.statements[0]", "7"),
            tuple("sink.statements[1]", "COMMIT"),
            tuple("sink.statements[2]", "null"),
            tuple("sink.statements[3]", "-- nothing"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'source': {'topic': 't', 'subscription': 's', 'selector': 'a = 1'}, " + FORWARD + "}",
        "{" + QUEUE + ", 'style': 'pull', 'guarantee': 'at-most-once'}",
        "{" + QUEUE + ", 'style': 'pull', 'protocol': 'idempotency'}",
        "{" + QUEUE + ", 'handler': {'url': 'https://localhost:8443/a?b=c', 'timeout': 'PT5S'}}"
      })
  void whatIsWrittenReadsBackAsEqual(String body) throws Exception {
    DeliverySpecification first = read(body);

    JsonNode written = SpecificationWriter.writeChosen(first);

    assertThat(
            SpecificationReader.read(
                "orders", written, SpecificationTexts.SOURCES, SpecificationTexts.HOSTS))
        .isEqualTo(first);
  }
}
