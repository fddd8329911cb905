package io.handfast.it.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.ChildProcess;
import io.handfast.it.harness.Eventually;
import io.handfast.it.harness.LogFile;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Every block of shell commands in the README and the guides works as it stands, in order, in one
 * shell.
 *
 * <p>Three things differ from what a reader pastes: the program is there already, so lines with
 * {@code ./mvnw} are left out; the ports are free ones of this test, since other tests run at the
 * same time; and the comparison, which takes minutes, is cancelled once it runs.
 */
class ReadmeIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /** The README first; the others go on with what it has started. */
  private static final List<String> PAGES =
      List.of(
          "README.md",
          "docs/guides/comparisons.md",
          "docs/guides/deliveries.md",
          "docs/guides/pull.md",
          "docs/guides/transactions.md",
          "docs/guides/participants.md",
          "docs/operating/security.md",
          "docs/operating/recovery.md",
          "docs/operating/draining.md");

  /** These, and what {@link KafkaGuideIT} and {@link SqsGuideIT} run. */
  private static final List<String> RUN =
      Stream.concat(PAGES.stream(), Stream.of("docs/guides/kafka.md", "docs/guides/sqs.md"))
          .toList();

  private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\n(.*?)^```$");
  private static final Pattern BUILD = Pattern.compile("(?m)^\\./mvnw .*\n");
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /**
   * Notes every command that fails, and every answer of HTTP that is an error: {@code curl} itself
   * is content with any answer. Nothing waits for longer than a minute.
   */
  private static final String BEFORE =
      """
      curl() { command curl --fail-with-body --max-time 60 "$@"; }
      set -E
      trap 'echo "block $block: status $?: $BASH_COMMAND" >> failures' ERR
      """;

  @RegisterExtension final Scene scene = new Scene();

  @Test
  void everyGuideWithCommandsIsRun() throws IOException {
    try (Stream<Path> guides = Files.list(ROOT.resolve("docs/guides"))) {
      for (Path guide : guides.toList()) {
        if (BLOCK.matcher(Files.readString(guide)).find()) {
          assertThat(RUN).contains(String.valueOf(ROOT.relativize(guide)));
        }
      }
    }
  }

  @Test
  void everyBlockWorksAsPasted() throws Exception {
    assumeThat(RunnerProcess.isJar()).as("the README starts a jar").isTrue();
    for (String tool : List.of("bash", "curl", "python3", "sha512sum")) {
      assumeThat(Path.of("/usr/bin", tool)).exists();
    }
    int port = scene.freePort();
    Path directory = checkout(port);
    List<String> blocks = blocks(port);
    LogFile log = scene.log("shell");
    Files.writeString(directory.resolve("blocks.sh"), script(blocks));

    ChildProcess shell =
        ChildProcess.start(
            List.of("bash", "blocks.sh"),
            directory,
            log,
            Map.of(
                "PATH", System.getProperty("java.home") + "/bin:" + System.getenv("PATH"),
                "JAVA_TOOL_OPTIONS", "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
                "HANDFAST", "http://127.0.0.1:" + port));
    try {
      Wire wire = scene.wire(port);
      awaitBlocks(blocks, shell, log, wire);

      assertThat(wire.transaction("move-1").json().path("status").asText()).isEqualTo("committed");
      assertThat(wire.transaction("o-77").json().path("status").asText()).isEqualTo("committed");
      Files.createFile(directory.resolve("end"));
      assertThat(shell.awaitExit(PATIENCE).code()).as(log.tail(40)).isZero();
      Path failures = directory.resolve("failures");
      assertThat(Files.exists(failures) ? Files.readAllLines(failures) : List.of())
          .as(log.tail(200))
          .isEmpty();
    } finally {
      shell.kill9WithDescendants();
    }
  }

  private static void awaitBlocks(List<String> blocks, ChildProcess shell, LogFile log, Wire wire) {
    for (int i = 0; i < blocks.size(); i++) {
      awaitEndOf(i, shell, log);
      if (blocks.get(i).contains("/v1/comparisons")) {
        for (JsonNode comparison : wire.comparisons().json()) {
          wire.cancelComparison(comparison.path("id").asText());
        }
      }
    }
  }

  /** A directory that looks like the root of a checkout in which the program was built. */
  private Path checkout(int port) throws IOException {
    Path directory = scene.directory();
    Path target = Files.createDirectories(directory.resolve("coordinator/target"));
    Path program = RunnerProcess.runner().toAbsolutePath().normalize().getParent();
    Files.createSymbolicLink(target.resolve("quarkus-app"), program);
    Files.createSymbolicLink(directory.resolve("docs"), ROOT.resolve("docs"));
    Files.writeString(
        Files.createDirectory(directory.resolve("config")).resolve("application.properties"),
        "quarkus.http.port=%d\nhandfast.embedded.broker-port=0\n".formatted(port));
    return directory;
  }

  private List<String> blocks(int port) throws IOException {
    String secured = Integer.toString(scene.freePort());
    String warehouse = Integer.toString(scene.freePort());
    List<String> blocks =
        BLOCK
            .matcher(text())
            .results()
            .map(MatchResult::group)
            .map(block -> BLOCK.matcher(block).replaceFirst("$1"))
            .map(block -> BUILD.matcher(block).replaceAll(""))
            .map(block -> block.replaceAll("\\b8080\\b", Integer.toString(port)))
            .map(block -> block.replaceAll("\\b8081\\b", secured))
            .map(block -> block.replaceAll("\\b9200\\b", warehouse))
            .map(
                block ->
                    block.replaceAll(
                        "(?m)^(docs/examples/order.sh)",
                        "WAREHOUSE=http://127.0.0.1:" + warehouse + " $1"))
            .toList();
    assertThat(blocks).hasSizeGreaterThan(10);
    return blocks;
  }

  private static String text() throws IOException {
    StringBuilder text = new StringBuilder();
    for (String page : PAGES) {
      text.append(Files.readString(ROOT.resolve(page))).append('\n');
    }
    return text.toString();
  }

  private static String script(List<String> blocks) {
    StringBuilder script = new StringBuilder(BEFORE);
    for (int i = 0; i < blocks.size(); i++) {
      script.append("block=%d\n%s\necho; echo '%s'\n".formatted(i, blocks.get(i), endOf(i)));
    }
    script.append("for i in $(seq 300); do [ -e end ] && break; sleep 0.2; done\n");
    return script.append("kill $(jobs -p); wait; exit 0\n").toString();
  }

  private static String endOf(int block) {
    return "end of block " + block;
  }

  private static void awaitEndOf(int block, ChildProcess shell, LogFile log) {
    Eventually.within(
        PATIENCE,
        () -> {
          boolean isOver = !log.linesWith("^" + endOf(block) + "$").isEmpty();
          if (!isOver && !shell.isAlive()) {
            throw new IllegalStateException("the shell has ended: " + log.tail(40));
          }
          assertThat(isOver).as(log.tail(40)).isTrue();
        });
  }
}
