package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Broker;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A participant that answers and does not let the node in is not one that is unreachable. */
class RefusedParticipantIT {
  @RegisterExtension final Scene scene = new Scene();

  @Test
  void wrongCredentialsAndAWrongDatabaseNameAreRefusalsAndTurnReadinessDown() throws Exception {
    Broker broker = scene.artemis().address();
    String url = scene.database().url().replace(scene.unique(), "no_such_database");
    RunnerConfiguration configuration =
        scene
            .external("n1")
            .broker(new Broker(broker.url(), broker.username(), "wrong"))
            .set("handfast.database.url", url)
            .delivery(
                "orders",
                DeliverySpec.fromQueue(scene.queue()).statement("INSERT INTO t VALUES (:id)"));
    RunnerProcess node = scene.coordinator("n1", configuration).launch();
    node.awaitLive();

    eventually(
        () -> {
          JsonNode recovery = recoveryCheck(node);
          assertThat(recovery.at("/data/refused").asText()).contains("broker", "database");
          assertThat(recovery.at("/data/unreachable").asText()).isEmpty();
          assertThat(recovery.path("status").asText()).isEqualTo("DOWN");
        });
    assertThat(node.wire().health("/q/health/ready")).isEqualTo(503);
    eventually(
        () -> {
          JsonNode delivery = node.wire().delivery("orders").json();
          assertThat(delivery.path("state").asText()).isEqualTo("retrying");
          assertThat(delivery.path("lastError").asText()).contains("refuses this node");
        });
    assertThat(node.log().linesWith("ERROR.*participant refused participant=database: .*no_such"))
        .hasSize(1);
    assertThat(node.wire().get("/q/metrics").text())
        .contains("handfast_participant_refused{participant=\"broker\"} 1.0");
  }

  private static JsonNode recoveryCheck(RunnerProcess node) {
    for (JsonNode check : node.wire().get("/q/health/ready").json().path("checks")) {
      if (check.path("name").asText().equals("recovery")) {
        return check;
      }
    }
    throw new AssertionError("no check of recovery");
  }
}
