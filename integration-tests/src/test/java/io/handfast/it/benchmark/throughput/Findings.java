package io.handfast.it.benchmark.throughput;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.handfast.it.harness.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a section has found, with what a reader needs to judge and to repeat it. Kept as JSON in
 * {@code target/throughput}, so that a page can be put together from sections played at different
 * times.
 *
 * @param conditions what was the same for all rows
 */
record Findings(
    String section,
    String date,
    String commit,
    String command,
    String machine,
    String coordinator,
    String conditions,
    List<Row> rows,
    List<Ratio> ratios) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final Path DIRECTORY =
      Path.of(System.getProperty("it.directory", "target"), "throughput");

  static Findings now(Section section, String conditions, List<Row> rows, List<Ratio> ratios)
      throws Exception {
    return new Findings(
        section.key(),
        LocalDate.now().toString(),
        describedCommit(),
        command(section),
        Machine.description(),
        Machine.coordinator(),
        conditions,
        rows,
        ratios);
  }

  void store() throws IOException {
    Files.createDirectories(DIRECTORY);
    Files.writeString(file(section), JSON.writeValueAsString(this));
  }

  /** What was found about a section last. */
  static Optional<Findings> of(Section section) throws IOException {
    Path file = file(section.key());
    return Files.exists(file)
        ? Optional.of(JSON.readValue(file.toFile(), Findings.class))
        : Optional.empty();
  }

  private static Path file(String section) {
    return DIRECTORY.resolve(section + ".json");
  }

  private static String command(Section section) {
    TreeSet<String> keys = new TreeSet<>(System.getProperties().stringPropertyNames());
    keys.removeIf(
        key ->
            !key.startsWith("throughput.")
                || key.equals("throughput.page")
                || key.equals("throughput.artemis")
                || key.equals("throughput.kafka")
                || key.equals("throughput.sections")
                || (key.startsWith("throughput.memory.") && section != Section.MEMORY));
    String peers = System.getProperty("peers.directory", "").isEmpty() ? "" : "peers,";
    return "./mvnw -B verify -P%sthroughput -Dthroughput.sections=".formatted(peers)
        + section.key()
        + keys.stream()
            .map(key -> " -D%s=%s".formatted(key, System.getProperty(key)))
            .collect(Collectors.joining());
  }

  private static String describedCommit() throws IOException, InterruptedException {
    Process git = new ProcessBuilder("git", "describe", "--always", "--dirty").start();
    String answer = new String(git.getInputStream().readAllBytes()).strip();
    return git.waitFor() == 0 ? answer : "unknown";
  }
}
