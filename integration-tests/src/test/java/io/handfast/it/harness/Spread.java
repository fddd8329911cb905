package io.handfast.it.harness;

import java.util.List;
import java.util.Locale;

/** The median of what was measured in some rounds, with the least and the most. */
public record Spread(double median, double least, double most) {
  public static Spread of(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int size = sorted.size();
    double median = (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
    return new Spread(median, sorted.get(0), sorted.get(size - 1));
  }

  /** With so many digits after the point; one number where all are the same. */
  public String text(int digits) {
    if (least == most) {
      return number(median, digits);
    }
    return "%s (%s … %s)"
        .formatted(number(median, digits), number(least, digits), number(most, digits));
  }

  private static String number(double value, int digits) {
    return String.format(Locale.ROOT, "%,." + digits + "f", value);
  }
}
