package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.handfast.it.harness.ChildProcess;
import io.handfast.it.harness.LogFile;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Wire;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The commands of the guide to Kafka work as they stand, in order.
 *
 * <p>These differ from what a reader pastes: addresses and credentials; the statement for {@code
 * psql}, which is run without that program; and the coordinator, which is not in a terminal of its
 * own.
 */
class KafkaGuideIT {
  private static final Path GUIDE = Path.of("../docs/guides/kafka.md");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\n(.*?)^```$");
  private static final Pattern SQL = Pattern.compile("psql .* -c '(.*)'");
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String STRICT =
      "set -e; curl() { command curl --fail-with-body --max-time 60 \"$@\"; }\n";

  @RegisterExtension final Scene scene = new Scene();

  @Test
  void threeCommandsTakeATopicToRowsAndTheOthersWorkOnIt() throws Exception {
    assumeThat(RunnerProcess.isJar()).as("the guide starts a jar").isTrue();
    assumeThat(Path.of("/usr/bin/curl")).exists();
    int port = scene.freePort();
    List<String> blocks = blocks(port);
    scene.kafka().createTopic("orders", 2);
    scene.kafka().send("orders", 2, Orders.upTo(3).bodies());
    Path directory = scene.directory();
    Path program = RunnerProcess.runner().toAbsolutePath().normalize().getParent();
    Files.createSymbolicLink(directory.resolve("quarkus-app"), program);
    Files.writeString(
        Files.createDirectory(directory.resolve("config")).resolve("application.properties"),
        "quarkus.http.port=%d\nhandfast.embedded.broker-port=0\n".formatted(port));

    scene.database().execute(SQL.matcher(blocks.get(0)).results().findFirst().get().group(1));
    ChildProcess coordinator = shell(blocks.get(1), directory, port);
    try {
      Wire wire = scene.wire(port);
      within(PATIENCE, () -> assertThat(wire.health("/q/health/ready")).isEqualTo(200));
      assertWorks(blocks.get(2), directory, port);
      within(
          PATIENCE,
          () ->
              assertThat(scene.database().number("SELECT count(*) FROM orders"))
                  .as(scene.log("shell").tail(20))
                  .isEqualTo(3));
      for (String block : blocks.subList(3, blocks.size())) {
        assertWorks(block, directory, port);
      }
    } finally {
      coordinator.kill9WithDescendants();
    }
  }

  private List<String> blocks(int port) throws Exception {
    List<String> blocks =
        BLOCK
            .matcher(Files.readString(GUIDE))
            .results()
            .map(MatchResult::group)
            .map(block -> BLOCK.matcher(block).replaceFirst("$1"))
            .map(block -> block.replace("localhost:9092", scene.kafka().address()))
            .map(block -> block.replaceAll("\\b8080\\b", Integer.toString(port)))
            .toList();
    assertThat(blocks).hasSizeGreaterThanOrEqualTo(5);
    String start =
        blocks
            .get(1)
            .replace("jdbc:postgresql://localhost/postgres", scene.database().url())
            .replace("username=postgres", "username=" + scene.database().username())
            .replace("password=secret", "password=" + scene.database().password());
    assertThat(start).as("the second one starts it").contains("-jar", scene.database().url());
    return blocks.stream().map(block -> block.equals(blocks.get(1)) ? start : block).toList();
  }

  private ChildProcess shell(String commands, Path directory, int port) {
    LogFile log = scene.log("shell");
    return ChildProcess.start(
        List.of("bash", "-c", STRICT + commands),
        directory,
        log,
        Map.of(
            "PATH", System.getProperty("java.home") + "/bin:" + System.getenv("PATH"),
            "JAVA_TOOL_OPTIONS", "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
            "H", "http://127.0.0.1:" + port));
  }

  private void assertWorks(String block, Path directory, int port) {
    int code = shell(block, directory, port).awaitExit(PATIENCE).code();
    assertThat(code).as(block + "\n" + scene.log("shell").tail(40)).isZero();
  }
}
