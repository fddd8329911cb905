package io.handfast.comparison;

import java.util.Collection;

/** How far the rounds of one row lie apart. */
record Spread(double min, double median, double max) {

  /** The spread of at least one value; of an even number, the median is between the middle two. */
  static Spread of(Collection<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(sorted[0], median, sorted[sorted.length - 1]);
  }
}
