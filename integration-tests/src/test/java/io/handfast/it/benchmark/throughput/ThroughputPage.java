package io.handfast.it.benchmark.throughput;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A page of the benchmark with its plots beside it, from what each section has found last. */
final class ThroughputPage {
  private static final String HEAD =
      """
      # Throughput

      This page has the throughput, latency and memory of Handfast beside other programs that move messages into a table.

      Each contestant moves the same messages from the same queue into the same table, in turn (A B C, B C A, C A B), so that
      drift of the machine affects all equally. Artemis and PostgreSQL are separate processes, with every force on; all
      share the machine's cores.

      Handfast's defaults are 4 consumers and no chosen batch: a unit of work then takes 100 messages, and more under a
      backlog, under every guarantee. Where a batch is named, no unit takes more.

      One round: a fresh queue, and a fresh database with the table `sink(id bigint not null, body text not null)`,
      without a key, so that a message applied twice is two rows. The contestant is started and does the same work for
      some time, which each section names, until its virtual machine has compiled it: for its first half minute the
      compiler uses more of two cores than the work does. (Sections that name no such time were measured without it.) Then the
      queue is paused, filled with the whole backlog, and resumed. The measurement begins with the commit that ends a first part
      of the backlog and ends with the last commit. Contestants too slow for that are measured for a time. The database reports
      the times of the commits afterwards (`track_commit_timestamp`), so that nothing queries the table meanwhile. Then the contestant is stopped, and every
      message must be in exactly one of table and queue: "lost" are those in neither, "duplicated" those in the table
      twice or in both.

      Everything is given as median (least … most) of the rounds.

      ```
      ./mvnw -B verify -Pthroughput
      ```
      """;

  private static final String HEAD_OF_TOPICS =
      """
      # Throughput from Kafka

      This page has the throughput and latency of Handfast from Kafka into PostgreSQL, beside consumers as they are usually written.

      Each contestant moves the same records from the same topic into the same table, in turn (A B C, B C A, C A B), so that
      drift of the machine affects all equally. Kafka and PostgreSQL are separate processes, PostgreSQL with every force on; all
      share the machine's cores. A poll is a unit of work, of as many records as the settings name; Handfast's `batch` is the same number. The other
      programs are described in [peers](../../peers/README.md#kafka-hand-written).

      One round: a fresh topic, and a fresh database with the table `sink(id bigint not null, body text not null)`,
      without a key, so that a record applied twice is two rows. The contestant is started and does the same work for
      some time, which each section names, until its virtual machine has compiled it. Then it stands still (SIGSTOP) while the topic is
      filled with the whole backlog. The measurement begins with the commit that ends a first part
      of the backlog and ends with the last commit. The database reports
      the times of the commits afterwards (`track_commit_timestamp`), so that nothing queries the table meanwhile. Then the contestant is stopped, and every
      record must be a row: "lost" are those that are none, "duplicated" those that are more than one.

      Everything is given as median (least … most) of the rounds.

      ```
      scripts/measure topic
      ```
      """;

  private static final String SECTION =
      """

      ## %s

      %s

      ```
      %s
      ```

      %s![%s](%s)

      %s
      %s%s
      %s.

      Machine: %s. Coordinator: %s. %s, commit %s.
      """;

  private final Path file;
  private final boolean isOfTopics;

  private ThroughputPage(Path file, boolean isOfTopics) {
    this.file = file;
    this.isOfTopics = isOfTopics;
  }

  /** The page that a section is on: that of queues, or that of topics beside it. */
  static ThroughputPage with(Section section, Path ofQueues) {
    Path file = section.isOfTopics() ? ofQueues.resolveSibling("kafka.md") : ofQueues;
    return new ThroughputPage(file, section.isOfTopics());
  }

  void write() throws IOException {
    StringBuilder text = new StringBuilder(isOfTopics ? HEAD_OF_TOPICS : HEAD);
    for (Section section : Section.values()) {
      Optional<Findings> findings = Findings.of(section);
      if (section.isOfTopics() == isOfTopics && findings.isPresent()) {
        text.append(section(section, findings.get()));
      }
    }
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private String section(Section section, Findings findings) throws IOException {
    String plot = "throughput-%s.svg".formatted(section.key());
    Files.writeString(
        file.resolveSibling(plot),
        new Bars(section.title(), section.lead(), findings.rows()).svg());
    return SECTION.formatted(
        section.title(),
        section.text(),
        findings.command(),
        ratios(findings.ratios()),
        section.title(),
        plot,
        table(findings.rows()),
        limits(findings.rows()),
        settings(findings.rows()),
        findings.conditions(),
        findings.machine(),
        findings.coordinator(),
        findings.date(),
        findings.commit());
  }

  private static String ratios(List<Ratio> ratios) {
    if (ratios.isEmpty()) {
      return "";
    }
    return ratios.stream()
        .map(
            ratio ->
                "| %s | %s %s | %s | %s |%n"
                    .formatted(
                        ratio.name(),
                        ratio.isAtMost() ? "at most" : "at least",
                        ratio.target(),
                        ratio.spread().text(2),
                        ratio.isReached() ? "yes" : "no"))
        .collect(
            Collectors.joining("", "| | target | found | reached |\n|---|---|---|---|\n", "\n"));
  }

  private static String table(List<Row> rows) {
    List<Figure> figures =
        Arrays.stream(Figure.values())
            .filter(figure -> rows.stream().anyMatch(row -> row.has(figure)))
            .toList();
    StringBuilder table = new StringBuilder("| | |");
    figures.forEach(figure -> table.append(' ').append(figure.title()).append(" |"));
    table.append("\n|---|---|").append("---|".repeat(figures.size())).append('\n');
    for (Row row : rows) {
      table.append("| %s | %s |".formatted(row.series(), row.point()));
      for (Figure figure : figures) {
        String cell = row.has(figure) ? row.spread(figure).text(figure.digits()) : "–";
        table.append(' ').append(cell).append(" |");
      }
      table.append('\n');
    }
    return table.toString();
  }

  private static String limits(List<Row> rows) {
    List<Row> measured = rows.stream().filter(row -> row.has(Figure.CORES)).toList();
    return measured.isEmpty()
        ? ""
        : measured.stream()
            .map(Limits::of)
            .collect(
                Collectors.joining("", "What limits each, in cores that were busy:\n\n", "\n"));
  }

  /** Of each contestant, with all the values that a setting had. */
  private static String settings(List<Row> rows) {
    Map<String, Map<String, Set<String>>> settings = new LinkedHashMap<>();
    for (Row row : rows) {
      Map<String, Set<String>> own =
          settings.computeIfAbsent(row.series(), series -> new TreeMap<>());
      row.settings()
          .forEach(
              (key, value) -> own.computeIfAbsent(key, unused -> new LinkedHashSet<>()).add(value));
    }
    return settings.entrySet().stream()
        .map(entry -> "- %s: %s%n".formatted(entry.getKey(), settings(entry.getValue())))
        .collect(Collectors.joining("", "Settings:\n\n", ""));
  }

  private static String settings(Map<String, Set<String>> settings) {
    return settings.entrySet().stream()
        .map(entry -> entry.getKey() + " " + String.join(" / ", entry.getValue()))
        .collect(Collectors.joining(", "));
  }
}
