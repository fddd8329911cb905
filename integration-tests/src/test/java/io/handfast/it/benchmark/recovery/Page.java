package io.handfast.it.benchmark.recovery;

import io.handfast.it.harness.Database;
import io.handfast.it.harness.Machine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** What was found, with what a reader needs to judge it and to repeat it. */
final class Page {
  private static final long TARGET_MILLIS = 1_000;

  private static final String TEXT =
      """
      # From `kill -9` to nothing prepared

      This page says how long after a crash a coordinator is ready, and how long until nothing is prepared.

      A prepared branch locks rows and messages until recovery has resolved it. Here a coordinator is killed
      with `kill -9` at a random moment under load and started again at once; the broker and the database are separate
      processes and continue. Measured from the creation of the process:

      - ready: the first 200 of `GET /q/health/ready`, asked every 5 ms;
      - nothing prepared: since when no branch of an earlier start of this node is prepared in the broker or in the
        database, checked every 5 ms from outside until at least a second after ready.

      The target: one second after ready nothing is prepared.

      ```
      ./mvnw -B verify -Precovery
      ```

      Milliseconds: median (least … most) of %d starts each. The branches are those that were seen prepared after the
      kill. If a kill left nothing prepared, the start counts for "ready" only.

      %s
      %s
      Reached in %d of %d starts after a kill.

      How a setting is run: a delivery under exactly-once with two-phase commit from a queue into a table, with a
      backlog of %d messages when the load begins, of which some are left at each kill, so that the node works again
      as soon as it is ready. The "more" branches are prepared by the test, with ids of this node and no decision in its log,
      after the kill and before the start. At the end of each setting every message that was sent is one row, once, and
      nothing is prepared.

      ## What limits it

      - The start of the process: %d ms to ready if nothing was left (stopped in order). A node needs that time to
        load its classes, open its log, connect, and scan the two participants once.
      - Ready means that the first scan is over, so what a crash left costs time before ready and almost none after
        it. Only the checks themselves are later than ready, and a PREPARE that was under way at the kill and arrives after the scan.
      - The branches, one after the other, participant after participant: %s
      - Every start shares its cores with the broker, which makes the killed node's messages ready again, the database and
        the checks from outside.

      Machine: %s. Coordinator: %s. PostgreSQL %s, Artemis %s, both with every force on. %s.
      """;

  private static final String HEADING =
      """
      | before the start | branches | ready | nothing prepared | after ready, worst | within the target |
      |---|---|---|---|---|---|
      """;

  private final Map<Setting, List<Start>> found;
  private final Database database;

  Page(Map<Setting, List<Start>> found, Database database) {
    this.found = found;
    this.database = database;
  }

  static String row(Setting setting, List<Start> starts) {
    List<Start> cleared = cleared(starts);
    String worst =
        cleared.isEmpty()
            ? "–"
            : "%+d".formatted(cleared.stream().mapToLong(Start::afterReady).max().orElseThrow());
    return "| %s | %s | %s | %s | %s | %d of %d |"
        .formatted(
            setting.name(),
            Start.spread(starts, Start::prepared),
            Start.spread(starts, Start::ready),
            Start.spread(cleared, Start::clear),
            worst,
            cleared.stream().filter(Page::isInTime).count(),
            cleared.size());
  }

  private static List<Start> cleared(List<Start> starts) {
    return starts.stream().filter(start -> start.prepared() > 0).toList();
  }

  private static boolean isInTime(Start start) {
    return start.afterReady() <= TARGET_MILLIS;
  }

  void writeTo(Path file) throws Exception {
    Files.writeString(file, text());
  }

  private String text() throws Exception {
    List<Start> cleared =
        found.values().stream().flatMap(starts -> cleared(starts).stream()).toList();
    String rows =
        found.entrySet().stream()
            .map(entry -> row(entry.getKey(), entry.getValue()) + "\n")
            .collect(Collectors.joining());
    return TEXT.formatted(
        found.values().iterator().next().size(),
        HEADING.strip(),
        rows,
        cleared.stream().filter(Page::isInTime).count(),
        cleared.size(),
        Integer.getInteger("recovery.backlog", 0),
        medianOf(setting -> !setting.isKilled(), Start::ready),
        perBranch(),
        Machine.description(),
        Machine.coordinator(),
        database.values("SHOW server_version").get(0).replaceAll(" .*", ""),
        System.getProperty("recovery.artemis", "unknown"),
        LocalDate.now());
  }

  private long medianOf(Predicate<Setting> which, ToLongFunction<Start> value) {
    return Start.median(
        found.entrySet().stream()
            .filter(entry -> which.test(entry.getKey()))
            .flatMap(entry -> entry.getValue().stream())
            .mapToLong(value)
            .toArray());
  }

  /** What a branch costs, from the difference that the ones left by hand make. */
  private String perBranch() {
    long without = medianOf(setting -> setting.isKilled() && setting.left() == 0, Start::ready);
    return found.keySet().stream()
            .filter(setting -> setting.left() > 0)
            .map(
                setting -> {
                  long more = medianOf(setting::equals, Start::ready) - without;
                  return "%d more branches made it %d ms later, %.1f ms a branch"
                      .formatted(setting.left(), more, (double) more / setting.left());
                })
            .collect(Collectors.joining("; "))
        + ".";
  }
}
