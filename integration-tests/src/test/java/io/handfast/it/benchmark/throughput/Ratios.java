package io.handfast.it.benchmark.throughput;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The figures to reach, from the rows that they compare; those whose rows are missing are left out.
 */
final class Ratios {
  private static final String EXACTLY_ONCE = "exactly-once ÷ ";

  private Ratios() {}

  static List<Ratio> ofThroughput(List<Row> rows) {
    List<Double> own = rates(rows, Handfast.EXACTLY_ONCE);
    List<Ratio> ratios = new ArrayList<>(toWeakerGuarantees(rows, ""));
    List<Double> bare =
        Ratio.within(
            rates(rows, Drain.NAME),
            rates(rows, Insert.NAME),
            (drain, insert) -> 1 / (1 / drain + 1 / insert));
    ratios.add(Ratio.atLeast(0.5, EXACTLY_ONCE + "drain and insert, times added", own, bare));
    fastest(rows, isXa())
        .ifPresent(
            peer ->
                ratios.add(
                    Ratio.atLeast(
                        20, EXACTLY_ONCE + peer.series(), own, peer.values(Figure.RATE))));
    fastest(rows, row -> row.series().equals(Peers.PLAIN))
        .ifPresent(
            peer ->
                ratios.add(
                    Ratio.atLeast(8, EXACTLY_ONCE + peer.series(), own, peer.values(Figure.RATE))));
    return ratios;
  }

  /** Where units do not grow: at the batch that is the default, and at the largest. */
  static List<Ratio> ofEqualBatches(List<Row> rows) {
    List<Ratio> ratios = new ArrayList<>();
    for (String batch : List.of("100", "1000")) {
      List<Row> equal = rows.stream().filter(row -> row.point().equals(batch)).toList();
      ratios.addAll(toWeakerGuarantees(equal, ", both with batch " + batch));
    }
    return ratios;
  }

  private static List<Ratio> toWeakerGuarantees(List<Row> rows, String conditions) {
    List<Double> own = rates(rows, Handfast.EXACTLY_ONCE);
    return List.of(
        Ratio.atLeast(
            0.95,
            EXACTLY_ONCE + "at-least-once" + conditions,
            own,
            rates(rows, Handfast.AT_LEAST_ONCE)),
        Ratio.atLeast(
            0.85,
            EXACTLY_ONCE + "at-most-once" + conditions,
            own,
            rates(rows, Handfast.AT_MOST_ONCE)));
  }

  static List<Ratio> ofSlowForces(List<Row> rows) {
    List<Double> own = rates(rows, Handfast.EXACTLY_ONCE);
    List<Ratio> ratios = new ArrayList<>();
    ratios.add(
        Ratio.atLeast(
            0.9, EXACTLY_ONCE + "at-least-once, + 2 ms", own, rates(rows, Handfast.AT_LEAST_ONCE)));
    fastest(rows, isXa())
        .ifPresent(
            peer ->
                ratios.add(
                    Ratio.atLeast(
                        40,
                        EXACTLY_ONCE + peer.series() + ", + 2 ms",
                        own,
                        peer.values(Figure.RATE))));
    return ratios;
  }

  static List<Ratio> ofLatency(List<Row> rows) {
    List<Double> own = named(rows, Handfast.EXACTLY_ONCE).values(Figure.P50);
    return rows.stream()
        .filter(isXa())
        .min(Comparator.comparingDouble(row -> row.spread(Figure.P50).median()))
        .map(
            peer ->
                List.of(
                    Ratio.atMost(
                        0.65,
                        "p50 of one in flight: " + EXACTLY_ONCE + peer.series(),
                        own,
                        peer.values(Figure.P50))))
        .orElse(List.of());
  }

  static List<Ratio> ofMemory(Row few, Row many) {
    List<Ratio> ratios = new ArrayList<>();
    for (Figure figure : List.of(Figure.RESIDENT, Figure.HEAP)) {
      if (few.has(figure) && many.has(figure)) {
        ratios.add(
            Ratio.atMost(
                1.1,
                "%s: %s ÷ %s".formatted(figure.title(), many.point(), few.point()),
                many.values(figure),
                few.values(figure)));
      }
    }
    return ratios;
  }

  private static Predicate<Row> isXa() {
    return row -> row.series().contains(Peers.XA);
  }

  private static Optional<Row> fastest(List<Row> rows, Predicate<Row> which) {
    return rows.stream()
        .filter(which)
        .max(Comparator.comparingDouble(row -> row.spread(Figure.RATE).median()));
  }

  private static List<Double> rates(List<Row> rows, String series) {
    return named(rows, series).values(Figure.RATE);
  }

  private static Row named(List<Row> rows, String series) {
    return rows.stream().filter(row -> row.series().equals(series)).findFirst().orElseThrow();
  }
}
