package io.handfast.it.resilience.torture;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Rows a second over time, with a tick for each fault below, as SVG.
 *
 * <p>Written by hand, since it is a line and some ticks: a chart library would bring fonts and a
 * window toolkit that a build machine may not have.
 */
final class Plot {
  private static final int WIDTH = 960;
  private static final int HEIGHT = 320;
  private static final int LEFT = 150;
  private static final int LINE_HEIGHT = 14;
  private static final int BUCKETS = 160;

  private final Duration length;
  private final List<Integer> rowsPerSecond;
  private final Map<Fault, List<Timeline.Event>> faults;

  /** A plot of what was inserted in each second of a run. */
  Plot(Duration length, List<Integer> rowsPerSecond, Map<Fault, List<Timeline.Event>> faults) {
    this.length = length;
    this.rowsPerSecond = rowsPerSecond;
    this.faults = new TreeMap<>(faults);
  }

  String svg() {
    int height = HEIGHT + faults.size() * LINE_HEIGHT + 40;
    StringBuilder svg = new StringBuilder();
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="11" role="img">
        <title>Rows a second over the run, and when each fault was begun</title>
        <rect width="100%%" height="100%%" fill="#fff"/>
        """
            .formatted(WIDTH, height));
    rows(svg);
    faults(svg);
    return svg.append("</svg>\n").toString();
  }

  private void rows(StringBuilder svg) {
    int perBucket = Math.max(1, (rowsPerSecond.size() + BUCKETS - 1) / BUCKETS);
    double top = 1;
    StringBuilder points = new StringBuilder();
    double[] means = new double[(rowsPerSecond.size() + perBucket - 1) / perBucket];
    for (int i = 0; i < means.length; i++) {
      means[i] =
          rowsPerSecond.stream()
              .skip((long) i * perBucket)
              .limit(perBucket)
              .mapToInt(Integer::intValue)
              .average()
              .orElse(0);
      top = Math.max(top, means[i]);
    }
    for (int i = 0; i < means.length; i++) {
      double seconds = (i + 0.5) * perBucket;
      points.append(
          String.format(
              Locale.ROOT, "%.1f,%.1f ", x(seconds), HEIGHT - means[i] / top * (HEIGHT - 30)));
    }
    svg.append(
        """
        <text x="4" y="20">rows a second,</text><text x="4" y="34">all flows, means of %d s</text>
        <text x="%d" y="48" text-anchor="end">%.0f</text><text x="%d" y="%d" text-anchor="end">0</text>
        <line x1="%d" y1="%d" x2="%d" y2="%d" stroke="#999"/>
        <polyline fill="none" stroke="#0b62a4" stroke-width="1.5" points="%s"/>
        """
            .formatted(
                perBucket,
                LEFT - 4,
                top,
                LEFT - 4,
                HEIGHT,
                LEFT,
                HEIGHT,
                WIDTH - 10,
                HEIGHT,
                points.toString().strip()));
  }

  private void faults(StringBuilder svg) {
    int y = HEIGHT + LINE_HEIGHT + 4;
    for (Map.Entry<Fault, List<Timeline.Event>> fault : faults.entrySet()) {
      String color = fault.getKey().isKill() ? "#c0392b" : "#7f6000";
      svg.append(
          "<text x=\"4\" y=\"%d\" fill=\"%s\">%s (%d)</text>%n"
              .formatted(y, color, fault.getKey().key(), fault.getValue().size()));
      StringBuilder ticks = new StringBuilder();
      for (Timeline.Event event : fault.getValue()) {
        ticks.append(
            String.format(
                Locale.ROOT,
                "M%.1f %dv%d",
                x(event.at().toMillis() / 1e3),
                y - 9,
                LINE_HEIGHT - 4));
      }
      svg.append("<path d=\"%s\" stroke=\"%s\" stroke-opacity=\"0.6\"/>%n".formatted(ticks, color));
      y += LINE_HEIGHT;
    }
    for (int i = 0; i <= 10; i++) {
      double seconds = length.toSeconds() * i / 10.0;
      svg.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
              x(seconds),
              y + 8,
              Timeline.clock(Duration.ofSeconds((long) seconds))));
    }
  }

  private double x(double seconds) {
    return LEFT + seconds / Math.max(1, length.toSeconds()) * (WIDTH - LEFT - 25);
  }
}
