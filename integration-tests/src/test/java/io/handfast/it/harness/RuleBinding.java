package io.handfast.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.byteman.check.TestScript;

/**
 * Checks rules against the classes of the built runner: Byteman's agent ignores a rule whose class,
 * method or place is not there, and what the rule was to break then goes on working.
 */
final class RuleBinding {
  private static final Map<String, String> SAID = new ConcurrentHashMap<>();

  private RuleBinding() {}

  /** Fails where a rule of a script binds to nothing in the runner, or has a type error. */
  static void require(Path script, String rules) {
    assertThat(SAID.computeIfAbsent(rules, unchecked -> check(script)))
        .as("what Byteman says of%n%s", rules)
        .endsWith("TestScript: no errors\n");
  }

  /** Byteman's own check, in a process that has the runner's classes and the tests' helpers. */
  private static String check(Path script) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    try (Stream<Path> files =
        Files.walk(RunnerProcess.runner().resolveSibling("lib").getParent())) {
      String classes =
          files
              .map(Path::toString)
              .filter(file -> file.endsWith(".jar"))
              .collect(Collectors.joining(File.pathSeparator));
      Process check =
          new ProcessBuilder(
                  java,
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  classes + File.pathSeparator + System.getProperty("java.class.path"),
                  TestScript.class.getName(),
                  script.toString())
              .redirectErrorStream(true)
              .start();
      try (InputStream said = check.getInputStream()) {
        return new String(said.readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
