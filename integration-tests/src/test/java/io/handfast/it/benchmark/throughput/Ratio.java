package io.handfast.it.benchmark.throughput;

import io.handfast.it.harness.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleBinaryOperator;

/**
 * Two rows compared within each round, so that drift of the machine hits both alike.
 *
 * @param target what it should be at least, or at most
 */
record Ratio(String name, double target, boolean isAtMost, List<Double> values) {
  static Ratio atLeast(double target, String name, List<Double> of, List<Double> to) {
    return new Ratio(name, target, false, within(of, to, (a, b) -> a / b));
  }

  static Ratio atMost(double target, String name, List<Double> of, List<Double> to) {
    return new Ratio(name, target, true, within(of, to, (a, b) -> a / b));
  }

  /** Both of each round in one number. */
  static List<Double> within(List<Double> one, List<Double> other, DoubleBinaryOperator both) {
    List<Double> values = new ArrayList<>();
    for (int round = 0; round < Math.min(one.size(), other.size()); round++) {
      values.add(both.applyAsDouble(one.get(round), other.get(round)));
    }
    return values;
  }

  Spread spread() {
    return Spread.of(values);
  }

  boolean isReached() {
    double median = spread().median();
    return isAtMost ? median <= target : median >= target;
  }
}
