package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.SharedNode;
import io.handfast.it.harness.TcpProxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is going on is told while it goes on, and the story of a transaction afterwards. */
class LiveIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  @RegisterExtension final Scene scene = new Scene();

  @RegisterExtension static final SharedNode SHARED = new SharedNode();

  @RegisterExtension static final SharedNode STOPPED = SharedNode.second();

  @Test
  void snapshotsTellRateBacklogAndLatencyAndChangesOfStateAreTold() throws Exception {
    OrdersTable table = SHARED.createTable();
    RunnerProcess node = SHARED.node();
    node.wire().putDelivery("orders", DeliverySpec.of(SHARED.unique(), table));
    node.wire().pause("orders");
    node.wire().sendLines(SHARED.unique(), String.join("\n", Orders.upTo(2_000).bodies()));
    Map<String, List<JsonNode>> events = new ConcurrentHashMap<>();
    CompletableFuture<Void> listening =
        CompletableFuture.runAsync(() -> listen(node.port(), "PT1H", events));
    within( // the backlog is told first
        PATIENCE, () -> assertThat(events.get("snapshot")).hasSizeGreaterThanOrEqualTo(2));
    node.wire().resume("orders");
    within(PATIENCE, () -> assertThat(isDone(events.get("snapshot"))).isTrue());
    listening.cancel(true);

    List<JsonNode> flows = flowsOf(events.get("snapshot"));
    assertThat(flows).hasSizeGreaterThanOrEqualTo(3);
    assertThat(flows.get(1).path("backlog").asLong()).isEqualTo(2_000);
    assertThat(flows.get(1).path("state").asText()).isEqualTo("paused");
    assertThat(flows).anyMatch(flow -> flow.path("rate").asDouble() > 100);
    assertThat(flows).anyMatch(flow -> flow.path("latencyMillis").asLong() > 500);
    assertThat(events.get("state")).hasSize(1);
    assertThat(events.get("state").get(0).path("from").asText()).isEqualTo("paused");
    assertThat(events.get("state").get(0).path("to").asText()).isEqualTo("running");
  }

  private static List<JsonNode> flowsOf(List<JsonNode> snapshots) {
    return snapshots.stream()
        .flatMap(snapshot -> snapshot.path("deliveries").valueStream())
        .filter(flow -> flow.path("name").asText().equals("orders"))
        .toList();
  }

  /** Whether the last snapshot tells of a delivery that has done all and rests. */
  private static boolean isDone(List<JsonNode> snapshots) {
    List<JsonNode> flows = flowsOf(snapshots);
    JsonNode last = flows.get(flows.size() - 1);
    return last.path("backlog").asLong() == 0
        && last.path("rate").asDouble() == 0
        && last.path("latencyMillis").isNull()
        && last.at("/counters/committed").asLong() == 2_000;
  }

  @Test
  void aStoppingNodeEndsItsStreams() throws Exception {
    RunnerProcess node = STOPPED.node();
    Map<String, List<JsonNode>> events = new ConcurrentHashMap<>();
    CompletableFuture<Void> listening =
        CompletableFuture.runAsync(() -> listen(node.port(), "PT1H", events));
    within(PATIENCE, () -> assertThat(events.get("snapshot")).isNotEmpty());
    long asked = System.nanoTime();

    node.terminate();

    assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(8));
    listening.get(5, TimeUnit.SECONDS);
    assertThat(events.get("snapshot")).isNotEmpty();
  }

  @Test
  void theStoryOfAUnitHasItsStepsInTheProtocolsOrder() throws Exception {
    OrdersTable table = SHARED.createTable();
    RunnerProcess node = SHARED.node();
    node.wire().putDelivery("orders", DeliverySpec.of(SHARED.unique(), table));

    node.wire().sendLines(SHARED.unique(), String.join("\n", Orders.upTo(3).bodies()));

    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(3));
    within(PATIENCE, () -> assertThat(stories(node, "committed")).isNotEmpty());
    JsonNode story = stories(node, "committed").path(0);
    assertThat(story.path("delivery").asText()).isEqualTo("orders");
    List<String> steps = new ArrayList<>();
    long before = 0;
    for (JsonNode step : story.path("steps")) {
      steps.add(step.path("step").asText());
      assertThat(step.path("atMicros").asLong()).isGreaterThanOrEqualTo(before);
      before = step.path("atMicros").asLong();
    }
    assertThat(steps)
        .containsExactly("receive", "apply", "prepare", "prepare", "decide", "commit", "commit");
    String id = story.path("transaction").asText();
    assertThat(node.wire().get("/v1/timelines/" + id).json()).isEqualTo(story);
  }

  @Test
  void theStoryOfATransactionWhoseDatabaseWentAwayEndsWithItsRecovery() throws Exception {
    TcpProxy network = scene.closing(new TcpProxy(scene.postgres().port()));
    scene.database().execute("CREATE TABLE rows(id TEXT)");
    RunnerProcess node =
        scene
            .coordinator(
                "n1",
                scene
                    .external("n1")
                    .database(scene.database().through(network))
                    .set("handfast.client-sql", true))
            .start();
    node.wire().begin("t-1", "PT1M");
    node.wire().run("t-1", "{\"sql\":\"INSERT INTO rows VALUES ('a')\"}");
    node.wire().sendInside("t-1", scene.queue(), "{}");
    network.refuse();

    assertThat(node.wire().commit("t-1").status()).isIn(409, 202);

    JsonNode story = node.wire().get("/v1/timelines?limit=1").json().path(0);
    assertThat(story.path("reason").asText()).isNotBlank();
    assertThat(story.path("steps").findValuesAsText("failed")).contains("true");
  }

  private static JsonNode stories(RunnerProcess node, String status) {
    return node.wire().get("/v1/timelines?delivery=orders&status=" + status).json();
  }

  /** Keeps all events by their names, until the stream ends. */
  private static void listen(int port, String duration, Map<String, List<JsonNode>> told) {
    URI events = URI.create("http://127.0.0.1:%d/v1/events?for=%s".formatted(port, duration));
    String[] name = {""};
    try {
      HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(events).build(), BodyHandlers.ofLines())
          .body()
          .forEach(
              line -> {
                if (line.startsWith("event:")) {
                  name[0] = line.substring(6).strip();
                } else if (line.startsWith("data:")) {
                  told.computeIfAbsent(name[0], unused -> new CopyOnWriteArrayList<>())
                      .add(parse(line.substring(5)));
                }
              });
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
