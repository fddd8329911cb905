package io.handfast.it.acceptance.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.SharedNode;
import io.handfast.it.harness.Wire;
import java.util.ArrayList;
import java.util.List;

/**
 * What hostile and mutated requests find: an active transaction {@code open}, others {@code
 * committed} and {@code rolled-back}, the deliveries {@code pulled} and {@code weak} (at least
 * once) with a message in the hands of {@code held} and {@code held-weakly}, and {@code orders},
 * which the configuration declares.
 */
record World(RunnerProcess coordinator, Contract contract) {
  private static final String INSERT =
      "INSERT INTO orders(id, item, qty) VALUES (:id, :item, :qty)";

  private static final List<String> QUEUES =
      List.of(
          "orders",
          "orders.dead",
          "q",
          "evil.in",
          "pulled.in",
          "pulled.in.dead",
          "weak.in",
          "weak.in.dead");

  /** The coordinator of one class, which makes a world there once. */
  static SharedNode node() {
    return SharedNode.embedded(
        configuration ->
            configuration
                .set("handfast.node", "local")
                .set("handfast.client-sql", true)
                .set("handfast.database.\"other\".url", "jdbc:h2:./data/other")
                .set("handfast.database.\"other\".username", "sa")
                .set("handfast.database.\"other\".password", "")
                .set("handfast.statements.\"add-order\"", INSERT)
                .delivery("orders", DeliverySpec.fromQueue("orders").statement(INSERT)));
  }

  static World build(SharedNode node) {
    RunnerProcess coordinator = node.node();
    Wire wire = coordinator.wire();
    wire.begin("open", "PT1H");
    wire.begin("committed", "PT1M");
    assertThat(wire.commit("committed").status()).isEqualTo(200);
    wire.begin("rolled-back", "PT1M");
    assertThat(wire.rollback("rolled-back").status()).isEqualTo(200);
    pull(wire, "pulled", "held", "");
    pull(wire, "weak", "held-weakly", ",\"guarantee\":\"at-least-once\"");
    return new World(coordinator, new Contract(wire.get("/q/openapi?format=json").text()));
  }

  private static void pull(Wire wire, String delivery, String transaction, String more) {
    String source = "\"source\":{\"queue\":\"%s.in\"}".formatted(delivery);
    Answer put = wire.putDelivery(delivery, "{%s,\"style\":\"pull\"%s}".formatted(source, more));
    assertThat(put.status()).as(put.text()).isEqualTo(201);
    assertThat(wire.sendJson(delivery + ".in", "{}").status()).isEqualTo(201);
    Answer pulled = wire.receive(delivery, "wait=PT10S&lease=PT1H&transaction=" + transaction);
    assertThat(pulled.status()).as(pulled.text()).isEqualTo(200);
  }

  Wire wire() {
    return coordinator.wire();
  }

  /** All that a request could change, as the outside sees it. */
  List<String> state() throws Exception {
    List<String> state = new ArrayList<>();
    for (JsonNode delivery : wire().deliveries().json()) {
      // Sampled, and unknown at first; the queues themselves are below.
      state.add(((ObjectNode) delivery).without("deadLetterDepth").toString());
    }
    // A refused statement has changed nothing, and yet its database takes part from then on.
    for (JsonNode transaction : wire().get("/v1/transactions").json().path("transactions")) {
      state.add(((ObjectNode) transaction).without("participants").toString());
    }
    state.add(wire().recovery().json().path("transactions").toString());
    for (String queue : QUEUES) {
      state.add(queue + wire().queue(queue).text());
    }
    Database database = coordinator.embeddedDatabase();
    state.addAll(database.values("SELECT id FROM orders"));
    state.addAll(database.values("SELECT table_name FROM information_schema.tables ORDER BY 1"));
    return state;
  }

  /** What the log should not have: errors, and stack traces of anything. */
  List<String> trouble() {
    return coordinator.log().linesWith("^\\s+at |\\bERROR\\b|Exception");
  }
}
