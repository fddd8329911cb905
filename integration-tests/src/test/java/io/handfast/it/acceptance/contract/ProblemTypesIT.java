package io.handfast.it.acceptance.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Broker;
import io.handfast.it.harness.Call;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.HandlerServer;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.SharedNode;
import io.handfast.it.harness.Wire;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every type of problem in the document is met over HTTP, or it is said why it is not. */
class ProblemTypesIT {
  /** Met by the other tests here. */
  private static final Set<String> HERE =
      Set.of(
          "branch-not-found",
          "no-positions",
          "participant-unavailable",
          "second-database",
          "too-many-transactions",
          "transaction-of-delivery");

  /** What neither {@link HostileRequestsIT} nor a test here provokes, and why. */
  private static final Map<String, String> NOT_PROVOKED =
      Map.ofEntries(
          Map.entry("contradicts-log", "InDoubtIT: needs a branch that a crash has left prepared"),
          Map.entry("comparison-running", "ComparisonIT and the walk of ContractIT start two"),
          Map.entry("draining", "DrainIT and the walk of ContractIT drain a node"),
          Map.entry("branch-in-use", "a branch is in a worker's hands for milliseconds only"),
          Map.entry("send-in-doubt", "the broker must die between a commit and its reply"),
          Map.entry("heuristic-outcome", "a participant must decide by itself, between two calls"),
          Map.entry("log-unavailable", "the disk must fail: FailingDiskTest"),
          Map.entry("not-ready", "the API is closed only while the process starts or stops"),
          Map.entry("send-under-way", "needs a transaction that stays open elsewhere for 10 s"),
          Map.entry("delivery-busy", "another call on the delivery must wait for 10 s"),
          Map.entry("cannot-prepare", "DataErrorsIT: needs PostgreSQL"),
          Map.entry("delivery-not-paused", "KafkaIT: needs a topic"),
          Map.entry("node-is-disposable", "LocalCommitTakeoverIT: needs a node without a name"),
          Map.entry("queue-refused", "TargetsIT: queues that lose messages"),
          Map.entry("broker-refused", "RequestsIT: needs a broker that outlives the node"),
          Map.entry("service-unavailable", "the HTTP server's own: ProblemMappersTest"),
          Map.entry("internal-error", "a defect; every one that is known is mended"),
          Map.entry("unauthenticated", "AccessIT: needs users in the configuration"),
          Map.entry("forbidden", "AccessIT: needs users in the configuration"),
          Map.entry("forbidden-host", "OpenRunIT: a request for another host"),
          Map.entry(
              "forbidden-origin", "OpenRunIT: a request that a page of another site has made"),
          Map.entry("statement-timeout", "OpenRunIT: a statement that takes its time"),
          Map.entry(
              "too-many-transactions-of-client", "AccessIT: needs users in the configuration"));

  @RegisterExtension final Scene scene = new Scene();

  @RegisterExtension static final SharedNode NODE = World.node();

  private static void assertEveryTypeIsMetOrItIsSaidWhyNot(JsonNode document) {
    Set<String> expected = new TreeSet<>(NOT_PROVOKED.keySet());
    expected.addAll(HERE);
    expected.addAll(
        HostileRequests.all().stream()
            .map(Hostile::problem)
            .filter(problem -> !problem.isEmpty())
            .collect(Collectors.toSet()));
    Set<String> documented = new TreeSet<>();
    for (JsonNode type : document.at("/components/schemas/Problem/properties/type/enum")) {
      documented.add(type.asText().replace("urn:handfast:problem:", ""));
    }

    assertThat(expected).isEqualTo(documented);
  }

  @Test
  void withoutABrokerAndBeyondTheLimit() {
    Broker nobody = new Broker("tcp://127.0.0.1:" + scene.freePort(), null, null);
    RunnerConfiguration configuration =
        new RunnerConfiguration()
            .set("handfast.node", "local")
            .set("handfast.broker.url", nobody.url())
            .set("handfast.transactions.limit", 1);
    Wire wire = scene.coordinator("local", configuration).start().wire();
    Contract contract = new Contract(wire.get("/q/openapi?format=json").text());

    assertThat(wire.begin("first", "PT1M").status()).isEqualTo(201);
    Call begin = Call.json("POST", "/v1/transactions", "{}");
    assertAnswered(wire, contract, begin, "too-many-transactions");
    assertAnswered(wire, contract, Call.of("GET", "/v1/queues/q"), "participant-unavailable");
  }

  @Test
  void ofDeliveriesAndBranches() throws Exception {
    HandlerServer handler = scene.closing(new HandlerServer());
    World world = World.build(NODE);
    Wire wire = world.wire();
    assertEveryTypeIsMetOrItIsSaidWhyNot(world.contract().document());

    String log = wire.recovery().json().path("log").asText();
    String over = "1212568404-" + hex("local." + log + ".zzzz") + "-" + hex("database");
    Call commit = Call.of("POST", "/v1/recovery/in-doubt/" + over + "/commit");
    assertAnswered(wire, world.contract(), commit, "branch-not-found");

    String statements = "/v1/transactions/held-weakly/statements";
    Call first = Call.json("POST", statements, "{\"sql\":\"SELECT 1\"}");
    assertThat(wire.raw().send(first).status()).isEqualTo(200);
    Call second = Call.json("POST", statements, "{\"sql\":\"SELECT 1\",\"database\":\"other\"}");
    assertAnswered(wire, world.contract(), second, "second-database");

    CompletableFuture<Answer> settled = new CompletableFuture<>();
    CompletableFuture<String> lent = new CompletableFuture<>();
    handler.answers(
        call -> {
          Call settle = Call.of("POST", "/v1/transactions/" + call.transaction() + "/commit");
          lent.complete(settle.target());
          settled.complete(wire.raw().send(settle));
          return new HandlerServer.Reply(200, "");
        });
    wire.putDelivery("handled", DeliverySpec.fromQueue("handled").handler(handler.url(), "PT10S"));
    wire.sendJson("handled", "{}");
    Call position = Call.of("GET", "/v1/deliveries/handled/position");
    assertAnswered(wire, world.contract(), position, "no-positions");
    Answer answer = settled.get(20, TimeUnit.SECONDS);
    assertThat(answer.problem()).as(answer.text()).isEqualTo("transaction-of-delivery");
    assertThat(world.contract().breaches(Call.of("POST", lent.get()), answer)).isEmpty();
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertAnswered(Wire wire, Contract contract, Call call, String problem) {
    Answer answer = wire.raw().send(call);
    assertThat(answer.problem()).as(call + " " + answer.text()).isEqualTo(problem);
    assertThat(contract.breaches(call, answer)).isEmpty();
  }
}
