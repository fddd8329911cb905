package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Broker;
import io.handfast.it.harness.ChildProcess.Exit;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Wire;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A machine with nothing but Java: everything is embedded, and the banner says where it is. A
 * native runner, which has no broker inside, does the same with one beside it.
 */
class FirstRunIT {
  @RegisterExtension final Scene scene = new Scene();

  private Broker beside;
  private RunnerProcess coordinator;
  private Wire wire;

  @Test
  void messagesBecomeRowsAndItContinuesWhereItWasWhenItIsStartedAgain() throws Exception {
    beside = scene.embeddedBroker();
    RunnerConfiguration anyPort = scene.embedded(beside).set("handfast.embedded.broker-port", 0);
    coordinator = scene.coordinator("local", anyPort).start();
    wire = coordinator.wire();

    messagesBecomeRowsThatAnotherProcessSees();
    clientsFromOutsideSendToTheEmbeddedBroker();
    stoppedAndStartedAgainItContinuesWhereItWas();
  }

  private void messagesBecomeRowsThatAnotherProcessSees() throws Exception {
    assertThat(wire.sendJson("orders", Orders.json(1)).status()).isEqualTo(201);
    assertThat(wire.sendLines("orders", new Orders(2, 1_001).ndjson()).status()).isEqualTo(201);

    eventually(() -> assertThat(ids()).hasSize(1_001));
    assertThat(ids()).doesNotHaveDuplicates();
    assertThat(banner("console +http://127.0.0.1:\\d+/")).endsWith(coordinator.port() + "/");
    JsonNode delivery = wire.delivery("orders").json();
    assertThat(delivery.path("state").asText()).isEqualTo("running");
    assertThat(delivery.path("counters").path("committed").asLong()).isEqualTo(1_001);
    assertThat(delivery.path("counters").path("deadLettered").asLong(-1)).isZero();
  }

  private void clientsFromOutsideSendToTheEmbeddedBroker() throws Exception {
    Broker broker = new Broker(banner("tcp://[^\\s]+"), beside.username(), beside.password());

    broker.send("orders", List.of(Orders.json(1_002)));

    eventually(() -> assertThat(ids()).hasSize(1_002).contains("1002"));
    assertThat(broker.preparedTransactions()).isEmpty();
  }

  private void stoppedAndStartedAgainItContinuesWhereItWas() throws Exception {
    assertThat(wire.pause("orders").status()).isEqualTo(200);
    wire.sendLines("orders", new Orders(1_003, 1_100).ndjson());

    Exit exit = coordinator.terminate();
    coordinator.start();
    assertThat(wire.resume("orders").status()).isEqualTo(200);

    eventually(() -> assertThat(ids()).hasSize(1_100).doesNotHaveDuplicates());
    assertThat(exit.code()).as("exit code").isIn(0, 128 + 15);
    assertThat(coordinator.log().linesWith("\\bERROR\\b")).isEmpty();
  }

  private List<String> ids() throws Exception {
    return new Database(banner("jdbc:h2:[^\\s]+"), "sa", "").values("SELECT id FROM orders");
  }

  private String banner(String regex) {
    return coordinator.log().last(regex).orElseThrow(() -> missing(regex));
  }

  private AssertionError missing(String regex) {
    return new AssertionError("the banner does not show " + regex + coordinator.log().tail(40));
  }
}
