package io.handfast.it.benchmark.throughput;

import io.handfast.it.harness.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** When how many messages were committed, in the order of time. */
record Timeline(List<Step> steps) {
  private static final double MICROS = 1e6;

  /**
   * A commit.
   *
   * @param at microseconds of the wall clock
   */
  record Step(long at, long messages) {}

  Timeline {
    steps = steps.stream().sorted(Comparator.comparingLong(Step::at)).toList();
  }

  /**
   * What the table tells when all is over. PostgreSQL keeps the time of every commit ({@code
   * track_commit_timestamp}), so that nothing needs to ask while it is measured. That is the time
   * at which the commit was asked for; its force comes after.
   */
  static Timeline of(Database database) throws SQLException {
    String query =
        """
        SELECT (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000000)::bigint, count(*)
        FROM sink GROUP BY xmin
        """;
    List<Step> steps = new ArrayList<>();
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        steps.add(new Step(rows.getLong(1), rows.getLong(2)));
      }
    }
    return new Timeline(steps);
  }

  /** Without what came before, such as the warm-up. */
  Timeline since(long begin) {
    return new Timeline(steps.stream().filter(step -> step.at() >= begin).toList());
  }

  /** What is measured of it: without the warm-up, and no longer than the load says. */
  Window window(Load load) {
    if (steps.isEmpty()) {
      throw new IllegalStateException("nothing was committed");
    }
    int first = 0;
    long warm = steps.get(0).messages();
    long latest = steps.get(0).at() + load.longestWarmUp().toNanos() / 1_000;
    while (first < steps.size() - 2 && warm < load.warmUp() && steps.get(first).at() < latest) {
      first++;
      warm += steps.get(first).messages();
    }
    long begin = steps.get(first).at();
    long limit = begin + load.longest().toNanos() / 1_000;
    List<Step> measured =
        steps.subList(first + 1, steps.size()).stream().filter(step -> step.at() <= limit).toList();
    if (measured.isEmpty()) {
      throw new IllegalStateException("nothing was committed in " + load.longest());
    }
    long messages = measured.stream().mapToLong(Step::messages).sum();
    return new Window(begin, measured.get(measured.size() - 1).at(), messages);
  }

  /**
   * The part that counts.
   *
   * @param messages committed after its begin, up to its end
   */
  record Window(long begin, long end, long messages) {
    double seconds() {
      return Math.max(1, end - begin) / MICROS;
    }

    double rate() {
      return messages / seconds();
    }
  }
}
