package io.handfast.it.resilience.lostwrites;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.handfast.it.harness.ChildProcess;
import io.handfast.it.harness.Eventually;
import io.handfast.it.harness.Faults;
import io.handfast.it.harness.Faults.Dropped;
import io.handfast.it.harness.Faults.LostWrite;
import io.handfast.it.harness.LogFile;
import io.handfast.it.harness.Scene;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The faults are what they are said to be: power failures, slow forces, a wrong clock. */
class FaultsIT {
  private static final Map<String, String> FORCED =
      Map.of(
          "kept", "forced",
          "overwritten", "0123456789",
          "truncated", "0123456789",
          "removed", "still here",
          "replaced", "old",
          "renamed", "renamed",
          "old-generation/1", "decisions");

  private static final Map<String, String> CHANGED =
      Map.of(
          "kept", "forced",
          "overwritten", "xyz3456789abc",
          "truncated", "new",
          "replaced", "new",
          "renamed", "renamed",
          "new-generation/1", "decisions",
          "without-a-name", "forced",
          "unforced", "not forced");

  @RegisterExtension final Scene scene = new Scene();
  private Path directory;
  private Faults faults;

  @BeforeEach
  void chooseDirectory() {
    directory = scene.directory().resolve("data");
    faults = Faults.of(directory);
  }

  @Test
  void powerFailureLeavesExactlyWhatWasForced() throws Exception {
    killedAfter("change");
    assertThat(content()).isEqualTo(CHANGED);

    Dropped dropped = faults.dropUnforcedWrites();

    assertThat(content()).isEqualTo(FORCED);
    // What was forced in a file whose name was not goes with the name.
    assertThat(dropped.writes())
        .containsExactlyInAnyOrder(
            lost("overwritten", 3),
            lost("overwritten", 3),
            lost("truncated", 0),
            lost("truncated", 3),
            lost("unforced", 10));
    assertThat(dropped.names()).isEqualTo(8);
  }

  private static LostWrite lost(String file, long bytes) {
    return new LostWrite(Path.of(file), bytes);
  }

  @Test
  void powerFailureTakesNothingThatWasForced() throws Exception {
    killedAfter("change-and-force");

    Dropped dropped = faults.dropUnforcedWrites();

    assertThat(content()).isEqualTo(CHANGED);
    // The name of a file in a directory that is removed for good.
    assertThat(dropped).isEqualTo(new Dropped(List.of(), 1));
  }

  @Test
  void anyFirstPartOfWhatWasNotForcedMayHaveReachedTheDisk() throws Exception {
    Path scribed = directory;
    for (int seed = 0; seed < 5; seed++) {
      directory = scribed.resolveSibling("data-" + seed);
      faults = Faults.of(directory);
      killedAfter("change");

      faults.dropSomeUnforcedWrites(new Random(seed));

      assertThat(content()).containsEntry("kept", "forced");
      assertThat(content().get("overwritten")).matches("(xyz|xy2|x12|012)3456789(abc|ab|a)?");
    }
  }

  @Test
  void whatCannotBeRecordedEndsTheProcess() {
    ChildProcess scribe = start("map");

    scribe.awaitExit(Duration.ofSeconds(20));

    assertThat(log().linesWith("a writable mapping is not recorded")).isNotEmpty();
  }

  @Test
  void forcesAreSlowAndTheClockIsWrongWhileItRuns() {
    start("tick");
    eventually(0, 0);
    faults.moveClock(Duration.ofMinutes(10)).forcesTake(Duration.ofMillis(200));
    eventually(600, 200);
    faults.moveClock(Duration.ofMinutes(-10)).forcesTake(Duration.ZERO);
    eventually(-600, 0);
  }

  private void eventually(long secondsWrong, long forceMillis) {
    Eventually.eventually(
        () -> {
          long[] tick =
              Stream.of(log().last("\\d+ \\d+ \\d+ \\d+\n").orElse("0 0 0 0").trim().split(" "))
                  .mapToLong(Long::parseLong)
                  .toArray();
          long now = System.currentTimeMillis() / 1000;
          assertThat(tick[0] - now).as("currentTimeMillis").isCloseTo(secondsWrong, within(5L));
          assertThat(tick[1] - now).as("Instant.now").isCloseTo(secondsWrong, within(5L));
          assertThat(tick[2]).as("nanoTime").isCloseTo(System.nanoTime(), within(5_000_000_000L));
          assertThat(tick[3]).as("force").isCloseTo(forceMillis, within(100L));
        });
  }

  private void killedAfter(String what) {
    ChildProcess scribe = start(what);
    Eventually.eventually(() -> assertThat(log().lines()).contains(Scribe.DONE));
    scribe.kill9();
  }

  private ChildProcess start(String what) {
    return scene.javaProcess(
        logName(), faults.tampering(), Scribe.class, directory.toString(), what);
  }

  private LogFile log() {
    return scene.log(logName());
  }

  private String logName() {
    return directory.getFileName().toString();
  }

  private Map<String, String> content() throws IOException {
    Map<String, String> content = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        content.put(directory.relativize(file).toString(), Files.readString(file));
      }
    }
    return content;
  }
}
