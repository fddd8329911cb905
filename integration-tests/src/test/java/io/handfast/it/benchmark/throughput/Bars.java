package io.handfast.it.benchmark.throughput;

import io.handfast.it.harness.Spread;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * A group of bars for each setting, one a contestant, from the least to the most as a line: SVG.
 */
final class Bars {
  private static final List<String> COLORS =
      List.of(
          "#0b62a4", "#7fb2d9", "#e08e0b", "#c0392b", "#5b8c5a", "#8e6bb0", "#7f6000", "#777777",
          "#2aa198");

  private static final int WIDTH = 960;
  private static final int BOTTOM = 330;
  private static final int TOP = 30;
  private static final int LEFT = 70;
  private static final int LEGEND_LINE = 16;
  private static final int LINES = 5;

  private final String title;
  private final Figure figure;
  private final List<Row> rows;
  private final List<String> series;
  private final List<String> points;
  private final double highest;
  private final StringBuilder svg = new StringBuilder();

  Bars(String title, Figure figure, List<Row> rows) {
    this.title = title;
    this.figure = figure;
    this.rows = rows;
    Set<String> allSeries = new LinkedHashSet<>();
    Set<String> allPoints = new LinkedHashSet<>();
    rows.forEach(
        row -> {
          allSeries.add(row.series());
          allPoints.add(row.point());
        });
    this.series = List.copyOf(allSeries);
    this.points = List.copyOf(allPoints);
    this.highest = rounded(rows.stream().mapToDouble(row -> row.spread(figure).most()).max());
  }

  /** The next number that divides well by the lines. */
  private static double rounded(OptionalDouble most) {
    double value = Math.max(1e-3, most.orElse(1));
    double power = Math.pow(10, Math.floor(Math.log10(value)));
    for (double step : new double[] {1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10}) {
      if (value <= step * power) {
        return step * power;
      }
    }
    return value;
  }

  String svg() {
    int height = BOTTOM + 40 + series.size() * LEGEND_LINE;
    append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12" role="img">
        <title>%s</title>
        <rect width="100%%" height="100%%" fill="#fff"/>
        <text x="4" y="16">%s</text>
        """,
        WIDTH, height, title, figure.title());
    lines();
    for (int i = 0; i < points.size(); i++) {
      group(i);
    }
    for (int i = 0; i < series.size(); i++) {
      int y = BOTTOM + 32 + i * LEGEND_LINE;
      append(
          "<rect x=\"%d\" y=\"%d\" width=\"10\" height=\"10\" fill=\"%s\"/>%n", LEFT, y, color(i));
      append("<text x=\"%d\" y=\"%d\">%s</text>%n", LEFT + 16, y + 9, series.get(i));
    }
    return svg.append("</svg>\n").toString();
  }

  private void lines() {
    int digits = highest >= LINES * 2 ? 0 : 2;
    for (int i = 0; i <= LINES; i++) {
      double value = highest * i / LINES;
      append(
          "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#ddd\"/>%n",
          LEFT, y(value), WIDTH - 10, y(value));
      append(
          "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%,." + digits + "f</text>%n",
          LEFT - 6,
          y(value) + 4,
          value);
    }
  }

  private void group(int point) {
    double width = (WIDTH - LEFT - 20.0) / points.size();
    double begin = LEFT + 5 + point * width;
    List<Row> here = rows.stream().filter(row -> row.point().equals(points.get(point))).toList();
    double bar = Math.min(60, width * 0.8 / here.size());
    double x = begin + (width - bar * here.size()) / 2;
    for (Row row : here) {
      bar(x, bar, row);
      x += bar;
    }
    append(
        "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
        begin + width / 2, BOTTOM + 18, points.get(point));
  }

  private void bar(double x, double width, Row row) {
    Spread spread = row.spread(figure);
    append(
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>%n",
        x + 1,
        y(spread.median()),
        width - 2,
        BOTTOM - y(spread.median()),
        color(series.indexOf(row.series())));
    append(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#222\"/>%n",
        x + width / 2, y(spread.least()), x + width / 2, y(spread.most()));
  }

  private double y(double value) {
    return BOTTOM - value / highest * (BOTTOM - TOP);
  }

  private static String color(int index) {
    return COLORS.get(index % COLORS.size());
  }

  private void append(String form, Object... values) {
    svg.append(String.format(Locale.ROOT, form, values));
  }
}
