package io.handfast.it.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Eventually;
import io.handfast.it.harness.Problems;
import io.handfast.it.harness.SharedNode;
import io.handfast.it.harness.Wire;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.xml.sax.InputSource;

/** Guarantees are compared by real deliveries, of which nothing stays. */
class ComparisonIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String SMALL =
      """
      {"messages": 500, "size": 128, "consumers": 2, "batch": 100, "rounds": 1, "rate": 2000}""";
  private static final String TINY =
      """
      {"messages": 1, "consumers": 1, "rounds": 1, "guarantees": ["at-most-once"]}""";

  /** Takes longer than any test waits: its latency alone is measured for ten seconds. */
  private static final String LONG =
      """
      {"messages": 20000, "rounds": 20, "guarantees": ["exactly-once", "idempotency"]}""";

  @RegisterExtension
  static final SharedNode SHARED =
      new SharedNode(configuration -> configuration.set("handfast.node", "n1"));

  @Test
  void everyGuaranteeIsMeasuredWithEveryBatchAndLosesNothing() throws Exception {
    Wire wire = SHARED.wire();
    assertEveryFieldThatIsWrongIsNamed(wire);

    Answer started = wire.startComparison(SMALL);
    assertThat(started.status()).as(started.text()).isEqualTo(202);
    String id = started.json().path("id").asText();
    assertThat(started.location().orElseThrow()).endsWith("/v1/comparisons/" + id);
    awaitDelivering(wire, id);
    assertThat(wire.deliveries().json()).as("what compares is no delivery of anybody's").isEmpty();
    Answer second = wire.startComparison(TINY);
    Problems.assertProblem(second, 409);
    assertThat(second.problem()).isEqualTo("comparison-running");
    assertThat(second.json().path("detail").asText()).contains(id);
    JsonNode comparison = awaitEnd(wire, id);

    assertThat(comparison.path("status").asText()).as(comparison.toString()).isEqualTo("completed");
    assertThat(comparison.at("/progress/done")).isEqualTo(comparison.at("/progress/of"));
    List<String> rows = new ArrayList<>();
    for (JsonNode row : comparison.path("results")) {
      rows.add(row.path("guarantee").asText() + " " + row.path("batch").asInt());
      assertMeasured(row);
    }
    assertThat(rows)
        .containsExactly(
            "at-most-once 100",
            "at-least-once 100",
            "idempotency 100",
            "local-commit 100",
            "two-phase-commit 100");
    assertNothingLeft();
    assertThat(SHARED.database().number("SELECT count(*) FROM handfast_inbox")).isZero();
    assertThat(SHARED.database().number("SELECT count(*) FROM handfast_marker")).isZero();
    assertThat(wire.comparisons().json().toString()).contains(id);
    assertDrawn(wire.get("/v1/comparisons/" + id + "/chart.svg"), rows.size());

    Answer page = wire.get("/v1/comparisons/" + id + "/page");
    assertThat(page.status()).isEqualTo(303);
    assertThat(page.location().orElseThrow()).endsWith("/#/comparisons/" + id);
  }

  private static void assertEveryFieldThatIsWrongIsNamed(Wire wire) {
    Answer refused =
        wire.startComparison(
            """
            {"messages": 0, "size": 1, "consumers": 65, "batch": [1, 1001], "guarantees": ["maybe"],
             "rounds": 21, "rate": 0, "database": "nowhere", "colour": "blue"}""");

    Problems.assertProblem(refused, 400);
    assertThat(refused.json().path("violations").findValuesAsText("field"))
        .containsExactlyInAnyOrder(
            "messages",
            "size",
            "consumers",
            "batch[1]",
            "guarantees[0]",
            "rounds",
            "rate",
            "database",
            "colour");
    assertThat(wire.comparison("none").problem()).isEqualTo("comparison-not-found");
  }

  private static void assertMeasured(JsonNode row) {
    double median = row.path("messagesPerSecond").asDouble();
    assertThat(row.path("messagesPerSecondMin").asDouble()).isPositive();
    assertThat(median).isGreaterThanOrEqualTo(row.path("messagesPerSecondMin").asDouble());
    assertThat(median).isLessThanOrEqualTo(row.path("messagesPerSecondMax").asDouble());
    assertThat(row.path("cpuSecondsPerThousand").asDouble()).isNotNegative();
    JsonNode latency = row.path("latency");
    assertThat(latency.path("messages").asInt()).as("a tenth is not measured").isEqualTo(450);
    assertThat(latency.path("p50").asDouble()).isPositive();
    assertThat(latency.path("p99").asDouble())
        .isGreaterThanOrEqualTo(latency.get("p50").asDouble());
    assertThat(latency.path("p999").asDouble())
        .isGreaterThanOrEqualTo(latency.get("p99").asDouble());
    assertThat(row.get("lost").asLong()).as(row.toString()).isZero();
    assertThat(row.get("duplicated").asLong()).as(row.toString()).isZero();
  }

  private static void assertDrawn(Answer chart, int rows) throws Exception {
    assertThat(chart.status()).isEqualTo(200);
    assertThat(chart.contentType()).startsWith("image/svg+xml");
    var svg =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(chart.text())));
    assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(svg.getElementsByTagName("path").getLength()).as("whiskers").isEqualTo(rows);
  }

  @Test
  void nothingStaysOfOneThatIsCancelled() throws Exception {
    Wire wire = SHARED.wire();
    String foreign = "handfast.comparison.n10.x.1";
    SHARED.artemis().address().send(foreign, List.of("{}"));
    SHARED.database().execute("CREATE TABLE \"handfast_comparison_n10_x_1\"(id BIGINT)");

    String cancelled = startLong(wire);
    Answer cancel = wire.cancelComparison(cancelled);

    assertThat(cancel.status()).as(cancel.text()).isEqualTo(200);
    assertThat(cancel.json().path("status").asText()).isEqualTo("cancelled");
    assertNothingLeft();
    assertThat(SHARED.artemis().address().messageCount(foreign)).isEqualTo(1);
    assertThat(SHARED.database().values(TABLES + "_n10_%'")).hasSize(1);
  }

  private static String startLong(Wire wire) {
    Answer started = wire.startComparison(LONG);
    assertThat(started.status()).as(started.text()).isEqualTo(202);
    String id = started.json().path("id").asText();
    awaitDelivering(wire, id);
    return id;
  }

  /** Returns when messages are on their way. */
  private static void awaitDelivering(Wire wire, String id) {
    Eventually.within(
        PATIENCE,
        () -> {
          int run = wire.comparison(id).json().at("/progress/done").asInt() + 1;
          JsonNode queue = wire.queue("handfast.comparison." + id + "." + run).json();
          assertThat(queue.path("consumers").asInt()).isPositive();
        });
  }

  private static JsonNode awaitEnd(Wire wire, String id) {
    Eventually.within(
        PATIENCE,
        () ->
            assertThat(wire.comparison(id).json().path("status").asText()).isNotEqualTo("running"));
    return wire.comparison(id).json();
  }

  private static final String TABLES =
      "SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'handfast_comparison";

  private List<String> tables() throws Exception {
    return SHARED.database().values(TABLES + "_n1\\_%'");
  }

  private List<String> queues() throws Exception {
    return SHARED.artemis().address().queuesBeginningWith("handfast.comparison.n1.");
  }

  private void assertNothingLeft() throws Exception {
    assertThat(tables()).isEmpty();
    assertThat(queues()).isEmpty();
    assertThat(SHARED.database().preparedTransactions()).isEmpty();
  }
}
