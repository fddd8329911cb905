package io.handfast.comparison;

import java.util.Collection;

/** The least, median and most of several rounds. */
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
