package io.handfast.simulation;

import io.handfast.simulation.Seeds.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The page that sums up which seeds were played: one row for each range, and their number. */
record ResultPage(Path file) {

  private static final Pattern ROW =
      Pattern.compile("\\| ([\\d,]+) to ([\\d,]+) \\| .* \\| .* \\| (.*) \\|");
  private static final String NONE = "none";

  /** Adds a range to those that the page has; the same range replaces what it has of it. */
  void add(long first, long last, Failure failure, Duration time) throws IOException {
    String range = String.format(Locale.ROOT, "%,d to %,d", first, last);
    List<String> rows = new ArrayList<>();
    if (Files.exists(file)) {
      Files.readAllLines(file).stream()
          .filter(line -> ROW.matcher(line).matches() && !line.startsWith("| " + range + " |"))
          .forEach(rows::add);
    }
    rows.add(
        "| %s | %s | %d min on %d processors, Java %s | %s |"
            .formatted(
                range,
                commit(),
                time.toMinutes(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.version"),
                failure == null ? NONE : failure.text().lines().findFirst().orElse("")));
    Files.write(file, text(rows));
  }

  private static List<String> text(List<String> rows) {
    long schedules = 0;
    boolean isSound = true;
    for (String row : rows) {
      Matcher cells = ROW.matcher(row);
      if (cells.matches()) {
        schedules += number(cells.group(2)) - number(cells.group(1)) + 1;
        isSound &= cells.group(3).equals(NONE);
      }
    }
    List<String> text =
        new ArrayList<>(
            List.of(
                "# Simulated schedules",
                "",
                String.format(
                    Locale.ROOT,
                    "This page sums up the seeds of [the simulation](../../CONTRIBUTING.md#the-simulation) that were played: %,d schedules.",
                    schedules),
                isSound
                    ? "None of them lost or duplicated a message, or left one prepared."
                    : "Those that failed are named.",
                "",
                "| seeds | commit | time | failed |",
                "|---|---|---|---|"));
    text.addAll(rows);
    return text;
  }

  private static long number(String cell) {
    return Long.parseLong(cell.replace(",", ""));
  }

  private static String commit() throws IOException {
    Process git =
        new ProcessBuilder("git", "rev-parse", "--short", "HEAD")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      String commit = new String(git.getInputStream().readAllBytes()).strip();
      return git.waitFor(10, TimeUnit.SECONDS) && git.exitValue() == 0 ? commit : "unknown";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "unknown";
    }
  }
}
