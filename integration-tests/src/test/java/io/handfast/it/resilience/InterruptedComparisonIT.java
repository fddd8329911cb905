package io.handfast.it.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Broker;
import io.handfast.it.harness.Eventually;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.TcpProxy;
import io.handfast.it.harness.Wire;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A comparison is cancelled, killed, stopped or cut off: nothing stays of it. */
class InterruptedComparisonIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String TINY =
      """
      {"messages": 1, "consumers": 1, "rounds": 1, "guarantees": ["at-most-once"]}""";

  /** Takes longer than any test waits: its latency alone is measured for ten seconds. */
  private static final String LONG =
      """
      {"messages": 20000, "rounds": 20, "guarantees": ["exactly-once", "idempotency"]}""";

  @RegisterExtension final Scene scene = new Scene();

  private RunnerProcess coordinator;

  private Wire start() throws Exception {
    coordinator = scene.coordinator("n1", scene.external("n1")).start();
    return coordinator.wire();
  }

  @Test
  void nothingStaysOfOneThatIsCancelledOrKilledOrStopped() throws Exception {
    Wire wire = start();
    String foreign = "handfast.comparison.n10.x.1";
    scene.artemis().address().send(foreign, List.of("{}"));
    scene.database().execute("CREATE TABLE \"handfast_comparison_n10_x_1\"(id BIGINT)");

    String cancelled = startLong(wire);
    Answer cancel = wire.cancelComparison(cancelled);
    assertThat(cancel.status()).as(cancel.text()).isEqualTo(200);
    assertThat(cancel.json().path("status").asText()).isEqualTo("cancelled");
    assertNothingLeft();

    String killed = startLong(wire);
    coordinator.kill9();
    assertThat(tables()).as("leftovers").isNotEmpty();
    assertThat(queues()).as("leftovers").isNotEmpty();
    coordinator.start();
    assertThat(statuses(wire)).containsExactly(killed + " interrupted", cancelled + " cancelled");

    String next = wire.startComparison(TINY).json().path("id").asText();
    JsonNode ended = awaitEnd(wire, next);
    assertThat(ended.path("status").asText()).as(ended.toString()).isEqualTo("completed");
    assertNothingLeft();

    startLong(wire);
    coordinator.terminate();
    assertNothingLeft();
    assertThat(coordinator.directory().resolve("data/comparisons"))
        .isDirectoryContaining(file -> file.toString().endsWith(killed + ".json"));

    assertThat(scene.artemis().address().messageCount(foreign)).isEqualTo(1);
    assertThat(scene.database().values(TABLES + "_n10_%'")).hasSize(1);
  }

  /** A latency that is measured for five seconds is interrupted at its sender. */
  @Test
  void whatALostConnectionInterruptsIsMeasuredAgainAndItsRowSaysSo() throws Exception {
    Broker broker = scene.artemis().address();
    TcpProxy toBroker = scene.closing(new TcpProxy(URI.create(broker.url()).getPort()));
    String url = "tcp://127.0.0.1:%d?useTopologyForLoadBalancing=false".formatted(toBroker.port());
    Broker throughProxy = new Broker(url, broker.username(), broker.password());
    coordinator = scene.coordinator("n1", scene.external("n1").broker(throughProxy)).start();
    Wire wire = coordinator.wire();
    String id =
        wire.startComparison(
                """
                {"messages": 500, "rounds": 1, "rate": 100, "guarantees": ["at-least-once"]}""")
            .json()
            .path("id")
            .asText();
    String rows =
        "SELECT count(*) FROM \"handfast_comparison_%s_3\"".formatted(id.replace('.', '_'));
    Eventually.within(
        PATIENCE,
        () -> {
          assertThat(wire.comparison(id).json().at("/progress/done").asInt()).isEqualTo(2);
          assertThat(tables())
              .as("the table of the latency's trial")
              .anyMatch(it -> it.endsWith("_3"));
          assertThat(scene.database().number(rows)).isPositive();
        });

    toBroker.cut();

    JsonNode ended = awaitEnd(wire, id);
    assertThat(ended.path("status").asText()).as(ended.toString()).isEqualTo("completed");
    JsonNode row = ended.path("results").path(0);
    assertThat(row.path("latency").path("messages").asInt()).isEqualTo(450);
    assertThat(row.path("interruptions").path(0).asText())
        .startsWith("latency: at-least-once, batch 100: measured again: ");
    assertThat(row.get("lost").asLong() + row.get("duplicated").asLong()).isZero();
    assertNothingLeft();
  }

  private static List<String> statuses(Wire wire) {
    List<String> statuses = new ArrayList<>();
    for (JsonNode comparison : wire.comparisons().json()) {
      statuses.add(comparison.path("id").asText() + " " + comparison.path("status").asText());
    }
    return statuses;
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
    return scene.database().values(TABLES + "_n1\\_%'");
  }

  private List<String> queues() throws Exception {
    return scene.artemis().address().queuesBeginningWith("handfast.comparison.n1.");
  }

  private void assertNothingLeft() throws Exception {
    assertThat(tables()).isEmpty();
    assertThat(queues()).isEmpty();
    assertThat(scene.database().preparedTransactions()).isEmpty();
  }
}
