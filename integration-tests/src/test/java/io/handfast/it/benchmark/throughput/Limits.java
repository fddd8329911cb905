package io.handfast.it.benchmark.throughput;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What limits a row, told from who took the processors' time. */
final class Limits {
  private static final int CORES = Runtime.getRuntime().availableProcessors();
  private static final double MILLIS = 1_000;

  /** Of all cores; more is not reached while anybody waits for anybody. */
  private static final double BUSY = 0.9;

  private static final List<Figure> WHO =
      List.of(Figure.CONTESTANT_CPU, Figure.BROKER_CPU, Figure.DATABASE_CPU);
  private static final List<String> NAMES = List.of("it", "the broker", "the database");

  private Limits() {}

  /** A line of a list; the medians of the rounds. */
  static String of(Row row) {
    double busy = row.spread(Figure.CORES).median();
    double[] cores =
        WHO.stream()
            .mapToDouble(
                who -> row.spread(who).median() * row.spread(Figure.RATE).median() / MILLIS)
            .toArray();
    int most = 0;
    StringBuilder shares = new StringBuilder();
    for (int i = 0; i < cores.length; i++) {
      most = cores[i] > cores[most] ? i : most;
      shares.append(i == 0 ? "" : ", ").append(NAMES.get(i)).append(' ').append(number(cores[i]));
    }
    String limit =
        busy >= BUSY * CORES
            ? "the processors limit it, and %s takes most".formatted(NAMES.get(most))
            : "%s cores were idle: it waits, for forces or for answers; %s takes most of what is busy"
                .formatted(number(CORES - busy), NAMES.get(most));
    double others = Math.max(0, busy - Arrays.stream(cores).sum());
    if (others > cores[most]) {
      limit += "; others on this machine took more than any of them, so judge with care";
    }
    return "- %s, %s: %s of %d cores busy (%s, others %s); %s.%n"
        .formatted(row.series(), row.point(), number(busy), CORES, shares, number(others), limit);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
