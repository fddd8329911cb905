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
            conditions.isEmpty() ? 0.97 : 0.85,
            "local commit ÷ at-least-once" + conditions,
            rates(rows, Handfast.LOCAL_COMMIT),
            rates(rows, Handfast.AT_LEAST_ONCE)),
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
    List<Ratio> ratios = new ArrayList<>();
    List<Double> local = named(rows, Handfast.LOCAL_COMMIT).values(Figure.P50);
    ratios.add(
        Ratio.atMost(
            1.7,
            "p50 of one in flight: local commit ÷ at-least-once",
            local,
            named(rows, Handfast.AT_LEAST_ONCE).values(Figure.P50)));
    rows.stream()
        .filter(isXa())
        .min(Comparator.comparingDouble(row -> row.spread(Figure.P50).median()))
        .ifPresent(
            peer -> {
              List<Double> best = peer.values(Figure.P50);
              String of = "p50 of one in flight: ";
              List<Double> own = named(rows, Handfast.EXACTLY_ONCE).values(Figure.P50);
              ratios.add(Ratio.atMost(0.65, of + "local commit ÷ " + peer.series(), local, best));
              ratios.add(Ratio.atMost(0.65, of + EXACTLY_ONCE + peer.series(), own, best));
            });
    return ratios;
  }

  static Ratio ofLatencyAtRate(List<Row> rows) {
    return Ratio.atMost(
        2.5,
        "p50 at 1,000 a second: local commit ÷ at-least-once",
        named(rows, Handfast.LOCAL_COMMIT).values(Figure.P50),
        named(rows, Handfast.AT_LEAST_ONCE).values(Figure.P50));
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

  /** From Kafka, in one setting. */
  static List<Ratio> ofTopic(List<Row> rows, String point) {
    List<Row> equal = rows.stream().filter(row -> row.point().equals(point)).toList();
    List<Ratio> ratios = new ArrayList<>();
    compare(equal, Figure.RATE, TopicContestant.AT_LEAST_ONCE)
        .ifPresent(pair -> ratios.add(pair.atLeast(0.95, point)));
    compare(equal, Figure.RATE, TopicContestant.HAND_WRITTEN)
        .ifPresent(pair -> ratios.add(pair.atLeast(1.0, point)));
    return ratios;
  }

  /** From Kafka, one in flight. */
  static List<Ratio> ofTopicLatency(List<Row> rows) {
    return compare(rows, Figure.P50, TopicContestant.HAND_WRITTEN)
        .map(pair -> List.of(pair.atMost(1.3, "p50 of one in flight")))
        .orElse(List.of());
  }

  /** Exactly-once by local commit, and what it is compared with. */
  private record Pair(Row own, Row other, Figure figure) {

    private String name(String point) {
      return "%s: local commit ÷ %s".formatted(point, other.series());
    }

    Ratio atLeast(double target, String point) {
      return Ratio.atLeast(target, name(point), own.values(figure), other.values(figure));
    }

    Ratio atMost(double target, String point) {
      return Ratio.atMost(target, name(point), own.values(figure), other.values(figure));
    }
  }

  private static Optional<Pair> compare(List<Row> rows, Figure figure, String with) {
    Optional<Row> own = ifThere(rows, TopicContestant.LOCAL_COMMIT);
    return ifThere(rows, with).flatMap(other -> own.map(row -> new Pair(row, other, figure)));
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
    return ifThere(rows, series).orElseThrow();
  }

  private static Optional<Row> ifThere(List<Row> rows, String series) {
    return rows.stream().filter(row -> row.series().equals(series)).findFirst();
  }
}
