package io.handfast.it.resilience.torture;

import io.handfast.it.harness.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A run as a section of the page, with its plot beside it. */
final class TortureReport {
  private static final String PLOT = "torture.svg";

  private static final String TEXT =
      """
      ## At random

      ```
      ./mvnw -B verify -Ptorture -Dit.test=TortureIT -Dtorture.seed=%d%s
      ```

      Two coordinators whose names share a prefix compete for the messages of %d deliveries at once, under every
      guarantee. Clients send without a pause, and pull through both coordinators; every 500th message cannot be applied
      and belongs in the dead-letter queue. Meanwhile, for %s, faults are drawn at random and overlap: processes are
      killed with `kill -9`, stopped with `SIGSTOP`, terminated and restarted; the coordinators' networks are cut,
      refused, stalled, or lose what the servers answer; their clocks are set %d minutes forward or back, and one's disk is
      filled. The other one's forces are made slow, and if its power fails, what it wrote and did not force is lost, or
      all of it except a beginning. The broker is a pair of Artemis processes with a shared store, so
      that each of its kills is a failover. When the faults end, the test waits until nothing is queued,
      prepared, undecided or unconfirmed any more; then it looks for every message, by connections that belong to no
      coordinator.

      %d processes were killed: %s.

      | delivery | sent | rows | dead letters | lost | duplicated | promised |
      |---|---|---|---|---|---|---|
      %s
      ![Rows per second over the run, and when each fault began](%s)

      | fault | times | until undone: median | worst |
      |---|---|---|---|
      %s
      "Until undone" is the time from the fault until the part works again: a killed coordinator is ready after recovery,
      a killed broker's partner accepts connections and the killed one is its backup again, the database accepts connections. Three of ten
      restarts are not waited for, so that the next fault can hit a process that is still starting.

      Prepared at the end: nothing, in the broker or in the database. Decisions in the coordinators' logs that not all
      participants had confirmed: none. Writes that power failures took: %d. Starts that were refused on a full disk, and tried
      again: %d. Coordinators that ended by themselves otherwise: %d.

      Machine: %s. Coordinators: %s, with `-XX:TieredStopAtLevel=1` for a quick start. PostgreSQL %s, Artemis %s, both with every force on, `max-delivery-attempts` -1. %s.
      """;

  private final TortureRun.Result result;

  TortureReport(TortureRun.Result result) {
    this.result = result;
  }

  void write() throws IOException {
    String svg =
        new Plot(result.length(), result.rowsPerSecond(), result.timeline().byFault()).svg();
    Files.writeString(TorturePage.beside(PLOT), svg);
    String page = System.getProperty("torture.page", "");
    if (!page.isEmpty()) {
      Files.writeString(Path.of(page).resolveSibling(PLOT), svg);
    }
    TorturePage.put(TorturePage.Section.RANDOM, text());
  }

  private String text() throws IOException {
    Map<Fault, List<Timeline.Event>> faults = result.timeline().byFault();
    String kills =
        faults.entrySet().stream()
            .filter(entry -> entry.getKey().isKill())
            .map(entry -> "%s %d".formatted(entry.getKey().key(), entry.getValue().size()))
            .collect(Collectors.joining(", "));
    return TEXT.formatted(
        result.seed(),
        parameters(),
        Flow.values().length,
        Timeline.clock(result.length()) + " (minutes and seconds)",
        Fault.CLOCK.toMinutes(),
        result.timeline().kills(),
        kills,
        result.audits().stream().map(TortureReport::row).collect(Collectors.joining()),
        PLOT,
        faults.entrySet().stream()
            .map(entry -> row(entry.getKey(), entry.getValue()))
            .collect(Collectors.joining()),
        result.droppedWrites(),
        result.refusedStarts(),
        result.endedByItself().size(),
        Machine.description(),
        Machine.coordinator(),
        result.postgres(),
        System.getProperty("recovery.artemis", "unknown"),
        LocalDate.now());
  }

  private static String parameters() {
    return List.of("duration", "kills").stream()
        .map("torture."::concat)
        .filter(key -> System.getProperty(key) != null)
        .map(key -> " -D%s=%s".formatted(key, System.getProperty(key)))
        .collect(Collectors.joining());
  }

  /** A flow as a line of the table. */
  static String row(Audit audit) {
    String promised =
        audit.flow().mayLose()
            ? "nothing duplicated"
            : audit.flow().mayDouble() ? "nothing lost" : "neither";
    return "| %s | %d | %d | %d | %d | %d | %s |%n"
        .formatted(
            audit.flow().key(),
            audit.sent(),
            audit.rows(),
            audit.deadLetters(),
            audit.lost().size(),
            audit.doubled().size(),
            promised);
  }

  private static String row(Fault fault, List<Timeline.Event> events) {
    long[] millis =
        events.stream().map(Timeline.Event::took).mapToLong(Duration::toMillis).sorted().toArray();
    return "| %s | %d | %.1f s | %.1f s |%n"
        .formatted(
            fault.key(),
            millis.length,
            millis[millis.length / 2] / 1e3,
            Arrays.stream(millis).max().orElse(0) / 1e3);
  }
}
