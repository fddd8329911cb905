package io.handfast.it.resilience.crashpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Eventually;
import io.handfast.it.harness.InjectedRules;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Tampering;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/**
 * Holds a coordinator at a point: an agent for its process, with rules, and the files by which the
 * rules and the test talk to each other.
 */
final class Trap {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path directory;
  private final String rules;

  /** Writes what the agent needs into a directory, which is created. */
  Trap(Path directory, List<String> rules) throws IOException {
    this.directory = Files.createDirectories(directory).toAbsolutePath();
    List<String> all = new ArrayList<>(rules);
    all.addAll(Rules.trace());
    this.rules = String.join("\n", all);
    writeHelper();
  }

  private Path script() {
    return directory.resolve("rules.btm");
  }

  private Path helper() {
    return directory.resolve("helper.jar");
  }

  private void writeHelper() throws IOException {
    String name = CrashPointHelper.class.getName().replace('.', '/') + ".class";
    try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(helper()));
        InputStream content = Trap.class.getClassLoader().getResourceAsStream(name)) {
      jar.putNextEntry(new JarEntry(name));
      content.transferTo(jar);
    }
  }

  /** What to add to the coordinator's process. */
  Tampering tampering() {
    String where = "-D%s=%s".formatted(CrashPointHelper.DIRECTORY, directory);
    return InjectedRules.in(script(), rules, helper())
        .and(new Tampering(List.of(where), Map.of()))
        .and(Tampering.QUICK_START);
  }

  /** Waits until the point is reached; a rule that matches nothing any more fails here. */
  void awaitReached(RunnerProcess node) {
    Eventually.within(
        PATIENCE,
        () ->
            assertThat(isReached())
                .as("the point was reached, by the rules %s; %s", script(), node.log().path())
                .isTrue());
  }

  boolean isReached() {
    return Files.exists(directory.resolve(CrashPointHelper.REACHED));
  }

  /** The transaction of the last step before the point was reached. */
  String caught() throws IOException {
    return Files.readString(directory.resolve(CrashPointHelper.REACHED));
  }

  /** Lets the held thread go on. */
  void unsuspend() throws IOException {
    Files.writeString(directory.resolve(CrashPointHelper.GO), "");
  }

  /** The steps of participants so far, as {@code step participant transaction}. */
  List<String> trace() throws IOException {
    Path file = directory.resolve(CrashPointHelper.TRACE);
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }
}
