package io.handfast.it.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The blocks of shell commands of a guide, which are run one after the other as they stand.
 *
 * <p>These differ from what a reader pastes: addresses and credentials; the statement for {@code
 * psql}, which is run without that program; and the coordinator, which is not in a terminal of its
 * own, and takes the SQL of clients.
 */
public final class Guide implements AutoCloseable {
  private static final Path GUIDES = Path.of("../docs/guides");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\n(.*?)^```$");
  private static final Pattern SQL = Pattern.compile("psql .* -c '(.*)'");
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String STRICT =
      "set -e; curl() { command curl --fail-with-body --max-time 60 \"$@\"; }\n";

  private final Scene scene;
  private final int port;
  private final Path directory;
  private final List<String> blocks;
  private int next;
  private ChildProcess coordinator;

  /**
   * A guide that nothing is run of yet.
   *
   * @param page its file
   * @param address where it says that the source is
   * @param actual where the source is
   */
  public Guide(Scene scene, String page, String address, String actual)
      throws IOException, SQLException {
    assumeThat(RunnerProcess.isJar()).as("the guide starts a jar").isTrue();
    assumeThat(Path.of("/usr/bin/curl")).exists();
    this.scene = scene;
    this.port = scene.freePort();
    this.directory = scene.directory();
    Database database = scene.database();
    this.blocks =
        BLOCK
            .matcher(Files.readString(GUIDES.resolve(page)))
            .results()
            .map(MatchResult::group)
            .map(block -> BLOCK.matcher(block).replaceFirst("$1"))
            .map(block -> block.replace(address, actual))
            .map(block -> block.replaceAll("\\b8080\\b", Integer.toString(port)))
            .map(block -> block.replace("jdbc:postgresql://localhost/postgres", database.url()))
            .map(block -> block.replace("username=postgres", "username=" + database.username()))
            .map(block -> block.replace("password=secret", "password=" + database.password()))
            .toList();
    Path program = RunnerProcess.runner().toAbsolutePath().normalize().getParent();
    Files.createSymbolicLink(directory.resolve("quarkus-app"), program);
    Files.writeString(
        Files.createDirectory(directory.resolve("config")).resolve("application.properties"),
        "quarkus.http.port=%d\nhandfast.client-sql=true\n".formatted(port));
  }

  /**
   * Runs the next blocks; a coordinator that one starts goes on, and is ready when this returns.
   */
  public void run(int count) throws SQLException {
    assertThat(blocks).hasSizeGreaterThanOrEqualTo(next + count);
    for (String block : blocks.subList(next, next + count)) {
      Matcher sql = SQL.matcher(block);
      if (sql.find()) {
        scene.database().execute(sql.group(1));
      } else if (block.contains(" -jar ")) {
        start(block);
      } else {
        int code = shell(block).awaitExit(PATIENCE).code();
        assertThat(code).as(block + "\n" + log().tail(40)).isZero();
      }
    }
    next += count;
  }

  /** Runs what is left. */
  public void runRest() throws SQLException {
    assertThat(coordinator).as("a block starts it").isNotNull();
    assertThat(blocks).hasSizeGreaterThan(next);
    run(blocks.size() - next);
  }

  private void start(String block) {
    assertThat(block).as("with this test's database").contains(scene.unique());
    coordinator = shell(block);
    Wire wire = scene.wire(port);
    Eventually.within(PATIENCE, () -> assertThat(wire.health("/q/health/ready")).isEqualTo(200));
  }

  private ChildProcess shell(String commands) {
    return ChildProcess.start(
        List.of("bash", "-c", STRICT + commands),
        directory,
        log(),
        Map.of(
            "PATH", System.getProperty("java.home") + "/bin:" + System.getenv("PATH"),
            "JAVA_TOOL_OPTIONS", "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
            "H", "http://127.0.0.1:" + port));
  }

  /** What the commands, and what they have started, have printed. */
  public LogFile log() {
    return scene.log("shell");
  }

  @Override
  public void close() {
    if (coordinator != null) {
      coordinator.kill9WithDescendants();
    }
  }
}
