package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Answer;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.Problems;
import io.handfast.it.harness.RecordsTable;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node whose messages come from elsewhere works without any broker of queues. */
class BrokerlessNodeIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @RegisterExtension final Scene scene = new Scene();

  private RunnerConfiguration configuration(String node) throws Exception {
    return new RunnerConfiguration()
        .set("handfast.node", node)
        .withoutBroker()
        .kafka(scene.kafka())
        .database(scene.database());
  }

  @Test
  void aTopicBecomesRowsThoughTheNodeIsKilledAndNoBrokerIsAsked() throws Exception {
    String topic = scene.unique();
    scene.kafka().createTopic(topic, 2);
    RecordsTable table = RecordsTable.create(scene.database(), "records");
    RunnerProcess node = scene.coordinator("n1", configuration("n1")).start();
    DeliverySpec records = DeliverySpec.fromKafka(topic).statement(table.insert());
    assertThat(node.wire().putDelivery("records", records).status()).isEqualTo(201);
    scene.kafka().send(topic, 2, Orders.upTo(50).bodies());
    node.kill9When(() -> table.rows() > 0);

    scene.kafka().send(topic, 2, new Orders(51, 100).bodies());
    node.start();

    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(100));
    assertThat(table.distinctRows()).isEqualTo(100);
    assertThat(node.wire().get("/v1/participants").json())
        .extracting(known -> known.path("name").asText())
        .containsExactly("database");
    Answer health = node.wire().get("/q/health");
    assertThat(health.json().path("status").asText()).as(health.text()).isEqualTo("UP");
    assertThat(node.wire().get("/q/metrics").text())
        .contains("handfast_participant_up{participant=\"database\"")
        .doesNotContain("handfast_participant_up{participant=\"broker\"");
    assertThat(node.directory().resolve("data/broker")).doesNotExist();
    assertThat(node.log().text()).doesNotContain("embedded broker started");
    within(
        PATIENCE,
        () -> {
          JsonNode check = check(node, "broker-version");
          assertThat(check.path("state").asText()).isEqualTo("not-checked");
          assertThat(check.path("reason").asText()).contains("handfast.broker.enabled is false");
        });
  }

  @Test
  void whatNeedsABrokerIsRefusedWithTheKey() throws Exception {
    RunnerProcess node = scene.coordinator("n1", configuration("n1")).start();
    OrdersTable table = OrdersTable.create(scene.database(), "orders");

    Answer sent = node.wire().call("POST", "/v1/queues/a/messages", "application/json", "{}");
    Answer dead = node.wire().get("/v1/dead-letters/a.dead");
    Answer compared = node.wire().call("POST", "/v1/comparisons", "application/json", "{}");
    Answer queue = node.wire().putDelivery("a", DeliverySpec.of("a", table));
    Answer forward = node.wire().putDelivery("a", DeliverySpec.of("a", table).forward("b"));

    for (Answer refused : new Answer[] {sent, dead, compared}) {
      Problems.assertProblem(refused, 409);
      assertThat(refused.json().path("type").asText()).endsWith(":broker-refused");
      assertThat(refused.json().path("detail").asText())
          .contains("handfast.broker.enabled is false");
    }
    assertThat(queue.status()).isEqualTo(400);
    assertThat(queue.json().at("/violations/0/field").asText()).isEqualTo("source.queue");
    assertThat(forward.json().at("/violations/1/field").asText()).isEqualTo("forward.queue");
    assertThat(node.wire().get("/v1/dead-letters").json()).isEmpty();
    assertThat(node.wire().call("POST", "/v1/transactions", "application/json", "{}").status())
        .as("statements need no broker")
        .isEqualTo(201);
  }

  @Test
  void theDatabaseGrantsTheNameToOneNode() throws Exception {
    scene.coordinator("n1", configuration("n1")).start();

    RunnerProcess second =
        scene
            .coordinator("again", configuration("n1").set("handfast.node-name-patience", "PT1S"))
            .launch();

    assertThat(second.process().awaitExit(PATIENCE).code()).isEqualTo(1);
    assertThat(second.log().text()).contains("handfast.node: is 'n1'").contains("database");
  }

  @Test
  void anAddressOfABrokerThatIsNotToBeUsedIsRefused() throws Exception {
    RunnerProcess node =
        scene
            .coordinator("n1", configuration("n1").set("handfast.broker.url", "tcp://127.0.0.1:1"))
            .launch();

    assertThat(node.process().awaitExit(PATIENCE).code()).isEqualTo(1);
    assertThat(node.log().text())
        .contains("handfast.broker.url: is set, and handfast.broker.enabled is false");
  }

  private static JsonNode check(RunnerProcess node, String name) {
    for (JsonNode check : node.wire().get("/v1/checks").json()) {
      if (check.path("name").asText().equals(name)) {
        return check;
      }
    }
    throw new AssertionError("no check " + name);
  }
}
