package io.handfast.it.benchmark.throughput;

import io.handfast.it.harness.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What was found about one contestant in one setting.
 *
 * @param series the contestant
 * @param point the setting that a section varies
 * @param rounds in the order in which they were played
 */
record Row(
    String series, String point, Map<String, String> settings, List<Map<Figure, Double>> rounds) {
  static Row of(Contestant contestant, String point) {
    return of(contestant.name(), point, contestant.settings());
  }

  static Row of(String series, String point, Map<String, String> settings) {
    return new Row(series, point, settings, new ArrayList<>());
  }

  boolean has(Figure figure) {
    return !rounds.isEmpty() && rounds.get(0).containsKey(figure);
  }

  List<Double> values(Figure figure) {
    return rounds.stream().map(round -> round.get(figure)).toList();
  }

  Spread spread(Figure figure) {
    return Spread.of(values(figure));
  }
}
