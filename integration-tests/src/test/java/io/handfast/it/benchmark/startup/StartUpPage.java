package io.handfast.it.benchmark.startup;

import io.handfast.it.harness.Machine;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What was found, with what a reader needs to judge it and to repeat it. */
final class StartUpPage {
  private static final String TEXT =
      """
      # Start-up and memory

      This page has how long a coordinator takes to start and how much memory it needs, with and without an archive of its classes.

      A coordinator with one delivery under two-phase commit, an empty data directory, and a broker and a database that
      run as separate processes. The rows take turns. Ready: from the creation of the process to the first 200 of
      `GET /q/health/ready`, asked every 5 ms; recovery has scanned both participants by then. Memory is the resident size
      of the process (what several processes share is divided among them): 5 s after ready, and after %,d messages.

      ```
      ./mvnw -B verify -Pstart-up
      ```

      Median (least … most) of %d starts each.

      | | ready, s | processor time until then, s | idle, MiB | after the messages, MiB |
      |---|---|---|---|---|
      %s
      The targets of a Java virtual machine are 2.5 s and 400 MiB, those of a native image 0.1 s and 100 MiB. The program:
      %.1f MiB%s.

      Machine: %s. Coordinator: %s. %s.
      """;

  private final Map<String, List<Measured>> found;
  private final int messages;

  StartUpPage(Map<String, List<Measured>> found, int messages) {
    this.found = found;
    this.messages = messages;
  }

  void writeTo(Path file) throws IOException {
    String rows =
        found.entrySet().stream()
            .map(entry -> row(entry.getKey(), entry.getValue()))
            .collect(Collectors.joining());
    int rounds = found.values().iterator().next().size();
    Path runner = RunnerProcess.runner().toAbsolutePath().normalize();
    boolean isJar = RunnerProcess.isJar();
    Files.writeString(
        file,
        TEXT.formatted(
            messages,
            rounds,
            rows,
            mebibytes(isJar ? runner.getParent() : runner),
            isJar ? " with its libraries and without the archive" : "",
            Machine.description(),
            Machine.coordinator(),
            LocalDate.now()));
  }

  private static double mebibytes(Path program) throws IOException {
    try (Stream<Path> files = Files.walk(program)) {
      long bytes = 0;
      for (Path file :
          files.filter(Files::isRegularFile).filter(f -> !f.toString().contains(".jsa")).toList()) {
        bytes += Files.size(file);
      }
      return bytes / 0x1p20;
    }
  }

  private static String row(String way, List<Measured> starts) {
    return "| %s | %s | %s | %s | %s |%n"
        .formatted(
            way,
            spread(starts, Measured::ready, 2),
            spread(starts, Measured::cpu, 2),
            spread(starts, Measured::idle, 0),
            spread(starts, Measured::loaded, 0));
  }

  private static String spread(List<Measured> starts, ToDoubleFunction<Measured> of, int digits) {
    return Spread.of(starts.stream().map(of::applyAsDouble).toList()).text(digits);
  }
}
