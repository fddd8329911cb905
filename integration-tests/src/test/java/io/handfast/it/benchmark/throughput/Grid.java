package io.handfast.it.benchmark.throughput;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Rows that are played in turn, A B C B C A, so that drift of the machine hits all alike, and each
 * is once the one that finds everything cold.
 */
final class Grid {
  private final List<Row> rows = new ArrayList<>();
  private final List<Play> plays = new ArrayList<>();

  /** One round of a row. */
  interface Play {
    Map<Figure, Double> play() throws Exception;
  }

  /** A row by a trial of throughput. */
  Grid add(Rig rig, Contestant contestant, String point, Load load) {
    return add(contestant, point, () -> new Trial(rig, contestant, load).play());
  }

  /** A row by any other trial. */
  Grid add(Contestant contestant, String point, Play play) {
    return add(Row.of(contestant, point), play);
  }

  Grid add(Row row, Play play) {
    rows.add(row);
    plays.add(play);
    return this;
  }

  List<Row> play(int rounds) throws Exception {
    for (int round = 0; round < rounds; round++) {
      for (int turn = 0; turn < rows.size(); turn++) {
        int i = (round + turn) % rows.size();
        Row row = rows.get(i);
        Map<Figure, Double> figures = plays.get(i).play();
        row.rounds().add(figures);
        System.out.printf("%s, %s, round %d: %s%n", row.series(), row.point(), round + 1, figures);
      }
    }
    return rows;
  }
}
