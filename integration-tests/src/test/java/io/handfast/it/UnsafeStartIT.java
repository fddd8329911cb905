package io.handfast.it;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.handfast.it.harness.Broker;
import io.handfast.it.harness.ChildProcess.Exit;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What would put messages or access at risk ends the start, with the key to change. */
class UnsafeStartIT {
  @RegisterExtension final Scene scene = new Scene();

  @Test
  void externalRunWithoutANodeNameIsRefused() {
    RunnerConfiguration nameless =
        new RunnerConfiguration()
            .broker(new Broker("tcp://127.0.0.1:1", "nobody", "nothing"))
            .database(new Database("jdbc:postgresql://127.0.0.1:1/none", "nobody", "nothing"));

    assertRefused(nameless, "handfast.node");
  }

  @Test
  void nativeRunWithoutABrokerIsRefused() {
    assumeThat(RunnerProcess.isJar()).as("the runner has a broker inside").isFalse();

    assertRefused(new RunnerConfiguration().set("handfast.node", "n1"), "handfast.broker.url");
  }

  @Test
  void nodeNameThatIsNoNameIsRefused() {
    assertRefused(
        scene.embedded(scene.embeddedBroker()).set("handfast.node", "N_1"), "handfast.node");
  }

  @Test
  void listeningToEverybodyIsRefused() {
    assertRefused(
        scene.embedded(scene.embeddedBroker()).set("quarkus.http.host", "0.0.0.0"),
        "quarkus.http.host");
  }

  @Test
  void fileWhereTheDataDirectoryShouldBeIsRefused() throws IOException {
    Path file = Files.createTempFile("handfast", ".data");
    try {
      assertRefused(
          scene.embedded(scene.embeddedBroker()).set("handfast.data-directory", file),
          "handfast.data-directory");
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void timeThatIsNoTimeIsRefused() {
    assertRefused(
        scene.embedded(scene.embeddedBroker()).set("handfast.recovery.interval", "PT0S"),
        "handfast.recovery.interval");
  }

  @Test
  void acceptedTimeThatIsNoTimeStarts() {
    RunnerProcess coordinator =
        scene
            .coordinator(
                "accepted",
                scene
                    .embedded(scene.embeddedBroker())
                    .set("handfast.transactions.keep-outcomes", "PT0S")
                    .set("handfast.accepted-risks", "timeouts"))
            .start();

    eventually(
        () ->
            assertThat(
                    coordinator
                        .log()
                        .linesWith("WARN.*check=timeouts key=handfast.transactions.keep-outcomes"))
                .singleElement()
                .asString()
                .contains("accepted by handfast.accepted-risks"));
  }

  @Test
  void acceptedRiskThatIsNoneIsRefusedAndEveryReasonIsListed() {
    RunnerProcess coordinator =
        assertRefused(
            scene
                .embedded(scene.embeddedBroker())
                .set("handfast.accepted-risks", "http-host")
                .set("quarkus.http.host", "0.0.0.0"),
            "handfast.accepted-risks");

    assertThat(coordinator.log().linesWith("^quarkus.http.host: ")).hasSize(1);
    assertThat(coordinator.log().linesWith("those that can be are .*postgresql-durability"))
        .hasSize(1);
  }

  private RunnerProcess assertRefused(RunnerConfiguration configuration, String key) {
    RunnerProcess coordinator = scene.coordinator("refused", configuration).launch();

    Exit exit = coordinator.process().awaitExit(Duration.ofSeconds(30));

    assertThat(exit.code()).isEqualTo(1);
    assertThat(coordinator.log().linesWith("^" + key + "\\b"))
        .as(coordinator.log().tail(20))
        .hasSize(1);
    assertThat(coordinator.log().linesWith("Listening on")).as("the port was open").isEmpty();
    assertThat(coordinator.log().linesWith("^\\s+at ")).as("stack trace").isEmpty();
    return coordinator;
  }
}
