package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.handfast.it.harness.ChildProcess;
import io.handfast.it.harness.ChildProcess.Exit;
import io.handfast.it.harness.LogFile;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Tampering;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What would put messages or access at risk ends the start, with the key to change. */
class UnsafeStartIT {
  @RegisterExtension final Scene scene = new Scene();

  @Test
  void everythingThatIsWrongIsRefusedAtOnceWithoutOpeningThePort() {
    Map<String, String> environment =
        Map.of(
            "HANDFAST_BROKR_URL", "tcp://127.0.0.1:1",
            // what Kubernetes says about a Service of that name
            "HANDFAST_SERVICE_HOST", "10.0.0.1",
            "HANDFAST_SERVICE_PORT", "8080",
            "HANDFAST_PORT", "tcp://10.0.0.1:8080");
    RunnerProcess coordinator =
        assertRefused(
            scene
                .embedded(scene.embeddedBroker())
                .set("handfast.node", "N_1")
                .set("handfast.dataDirectory", "d")
                .set("handfast.recovery.interval", "PT0S")
                .set("handfast.accepted-risks", "http-host")
                .set("quarkus.http.host", "0.0.0.0"),
            environment,
            "handfast.node");
    LogFile log = coordinator.log();
    for (String key :
        List.of(
            "handfast.dataDirectory",
            "handfast.recovery.interval",
            "handfast.accepted-risks",
            "quarkus.http.host")) {
      assertThat(log.linesWith("^" + key + "(?=\\W|$)")).as(key).hasSize(1);
    }
    assertThat(log.linesWith("those that can be are .*postgresql-durability")).hasSize(1);
    assertThat(log.linesWith("^HANDFAST_"))
        .containsExactly(
            "HANDFAST_BROKR_URL: is set in the environment, and Handfast has no such key; did you mean HANDFAST_BROKER_URL?");
  }

  @Test
  void nativeRunWithoutABrokerIsRefused() {
    assumeThat(RunnerProcess.isJar()).as("the runner has a broker inside").isFalse();

    assertRefused(new RunnerConfiguration().set("handfast.node", "n1"), "handfast.broker.url");
  }

  @Test
  void valueThatCannotBeReadIsRefused() {
    assertRefused(
        scene
            .embedded(scene.embeddedBroker())
            .set("handfast.recovery.interval", "ten")
            .set("handfast.limits.rows", "many"),
        "handfast.recovery.interval: is 'ten'");
  }

  @Test
  void anAcceptedRiskStartsAndWhatAnotherProcessUsesIsRefused() {
    RunnerProcess first =
        scene
            .coordinator(
                "first",
                scene
                    .embedded(scene.embeddedBroker())
                    .set("handfast.transactions.keep-outcomes", "PT0S")
                    .set("handfast.accepted-risks", "timeouts"))
            .start();
    eventually(
        () ->
            assertThat(
                    first
                        .log()
                        .linesWith("WARN.*check=timeouts key=handfast.transactions.keep-outcomes"))
                .singleElement()
                .asString()
                .contains("accepted by handfast.accepted-risks"));

    Path data = first.directory().resolve("data");
    RunnerProcess second =
        assertRefused(
            scene.embedded(scene.embeddedBroker()).set("handfast.data-directory", data),
            "handfast.data-directory");
    assertThat(second.log().text())
        .contains("is " + data + ", which process " + first.process().pid() + " uses; ");

    RunnerProcess third =
        assertRefused(
            scene.embedded(scene.embeddedBroker()),
            Map.of("QUARKUS_HTTP_PORT", String.valueOf(first.port())),
            "quarkus.http.port");
    assertThat(third.log().text())
        .contains("is " + first.port() + ", where another process listens")
        .doesNotContain("kill");
  }

  @Test
  void questionsAreAnsweredAndOtherArgumentsRefusedWithoutAStart() {
    assertAnswer(0, "^handfast [0-9]", "--version");
    assertAnswer(0, "HANDFAST_BROKER_URL", "--help");
    assertAnswer(2, "unknown argument start;", "start");
    if (RunnerProcess.isJar()) { // a native one takes it wherever it stands
      assertAnswer(2, "put it before -jar", "-Dhandfast.node=n1");
    }
  }

  private void assertAnswer(int status, String regex, String argument) {
    Path directory = scene.directory();
    LogFile log = scene.log("answer-" + argument.replaceAll("\\W", ""));
    ChildProcess process = ChildProcess.start(RunnerProcess.command(argument), directory, log);

    assertThat(process.awaitExit(Duration.ofSeconds(30)).code()).as(log.text()).isEqualTo(status);
    assertThat(log.linesWith(regex)).as(log.text()).hasSize(1);
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void configurationBesideTheProgramThatIsNotReadIsRefused() throws IOException {
    assumeThat(RunnerProcess.isJar()).as("a program of several files").isTrue();
    Path program = scene.directory();
    try (Stream<Path> files = Files.list(RunnerProcess.runner().toAbsolutePath().getParent())) {
      for (Path file : files.toList()) {
        Files.createSymbolicLink(program.resolve(file.getFileName()), file);
      }
    }
    Path file = Files.createDirectory(program.resolve("config")).resolve("application.properties");
    Files.writeString(file, "handfast.node=n1");
    LogFile log = scene.log("beside");
    List<String> command = RunnerProcess.command();
    command.set(command.size() - 1, program.resolve("quarkus-run.jar").toString());

    ChildProcess process = ChildProcess.start(command, scene.directory(), log);

    assertThat(process.awaitExit(Duration.ofSeconds(30)).code()).as(log.text()).isEqualTo(1);
    assertThat(log.linesWith("^" + file + ": is not read")).as(log.text()).hasSize(1);
  }

  private RunnerProcess assertRefused(RunnerConfiguration configuration, String key) {
    return assertRefused(configuration, Map.of(), key);
  }

  private RunnerProcess assertRefused(
      RunnerConfiguration configuration, Map<String, String> environment, String key) {
    RunnerProcess coordinator =
        scene
            .coordinator("refused-" + key.replaceFirst(":.*", ""), configuration)
            .tamperedWith(new Tampering(List.of(), environment))
            .launch();

    Exit exit = coordinator.process().awaitExit(Duration.ofSeconds(30));

    assertThat(exit.code()).isEqualTo(1);
    assertThat(coordinator.log().linesWith("^" + key + "(?=\\W|$)"))
        .as(coordinator.log().tail(20))
        .hasSize(1);
    assertThat(coordinator.log().linesWith("Listening on")).as("the port was open").isEmpty();
    assertThat(coordinator.log().linesWith("^\\s+at ")).as("stack trace").isEmpty();
    return coordinator;
  }
}
