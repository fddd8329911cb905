package io.handfast.comparison;

import io.handfast.input.WireName;
import java.util.List;
import java.util.Locale;

/**
 * Draws a comparison as SVG: a bar for each row with the least and the most of its rounds, and one
 * for its latency.
 *
 * <p>SVG that needs nothing from elsewhere, and follows the reader's light or dark. A label is
 * above its bar, so that a picture that is shown 400 pixels wide still has letters of ten.
 */
public final class Chart {

  private static final int WIDTH = 520;
  private static final int LEFT = 16;
  private static final int VALUES = 160;
  private static final int LABEL = 18;
  private static final int LINE = 42;
  private static final int BAR = 14;
  private static final int HEAD = 64;
  private static final int BETWEEN = 54;
  private static final int FOOT = 30;

  private static final String STYLE =
      """
      <style>
      text { font: 13px system-ui, sans-serif; fill: #1f2328; }
      .title { font-weight: 600; font-size: 15px; }
      .note { font-size: 12px; fill: #57606a; }
      .paper { fill: #ffffff; }
      .bar { fill: #2f6fbf; }
      .tail { fill: #a9c7ec; }
      .whisker { stroke: #1f2328; stroke-width: 1.5; fill: none; }
      @media (prefers-color-scheme: dark) {
        text { fill: #e6edf3; }
        .note { fill: #9da7b1; }
        .paper { fill: #0d1117; }
        .bar { fill: #5b9bea; }
        .tail { fill: #27486f; }
        .whisker { stroke: #e6edf3; }
      }
      </style>
      """;

  private final StringBuilder svg = new StringBuilder();
  private final Comparison comparison;

  private Chart(Comparison comparison) {
    this.comparison = comparison;
  }

  /** The picture of a comparison, as far as it was measured. */
  public static String of(Comparison comparison) {
    return new Chart(comparison).draw();
  }

  private String draw() {
    List<ComparisonRow> throughput =
        comparison.rows().stream().filter(row -> !row.rounds().isEmpty()).toList();
    List<ComparisonRow> latency =
        comparison.rows().stream().filter(row -> row.latency() != null).toList();
    int below = HEAD + throughput.size() * LINE + BETWEEN;
    int height = below + latency.size() * LINE + FOOT;
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"%d\" height=\"%d\""
            + " viewBox=\"0 0 %d %d\">%n",
        WIDTH, height, WIDTH, height);
    add("<title>%s</title>%n", escaped("Comparison " + comparison.id()));
    svg.append(STYLE);
    add("<rect class=\"paper\" width=\"%d\" height=\"%d\"/>%n", WIDTH, height);
    ComparisonRequest request = comparison.request();
    text(LEFT, 24, "title", "Messages a second: median, least and most of the rounds");
    text(
        LEFT,
        44,
        "note",
        "%s: %d messages of %d bytes, %d consumers, %d rounds"
            .formatted(
                WireName.of(comparison.status()),
                request.messages(),
                request.size(),
                request.consumers(),
                request.rounds()));
    throughput(throughput);
    text(
        LEFT,
        below - 18,
        "title",
        "Milliseconds until committed at %d/s: p50 and p99".formatted(request.rate()));
    latency(latency, below);
    svg.append("</svg>\n");
    return svg.toString();
  }

  private void throughput(List<ComparisonRow> rows) {
    double most = rows.stream().mapToDouble(row -> row.messagesPerSecond().max()).max().orElse(1);
    int y = HEAD;
    for (ComparisonRow row : rows) {
      Spread spread = row.messagesPerSecond();
      label(row, y);
      bar("bar", y, spread.median() / most);
      whisker(y, spread.min() / most, spread.max() / most);
      value(y, number(spread.median()) + trouble(row.audit()));
      y += LINE;
    }
  }

  private void latency(List<ComparisonRow> rows, int top) {
    double most = rows.stream().mapToDouble(row -> row.latency().p99()).max().orElse(1);
    int y = top;
    for (ComparisonRow row : rows) {
      label(row, y);
      bar("tail", y, row.latency().p99() / most);
      bar("bar", y, row.latency().p50() / most);
      value(y, number(row.latency().p50()) + " / " + number(row.latency().p99()));
      y += LINE;
    }
  }

  /** A bar whose messages are gone must not look like a good result. */
  private static String trouble(Audit audit) {
    return (audit.lost() > 0 ? ", lost " + audit.lost() : "")
        + (audit.duplicated() > 0 ? ", twice " + audit.duplicated() : "");
  }

  private void label(ComparisonRow row, int y) {
    text(LEFT, y + BAR - 2, "", WireName.of(row.candidate()) + ", batch " + row.batch());
  }

  private void value(int y, String value) {
    text(WIDTH - VALUES + 8, y + LABEL + BAR - 2, "", value);
  }

  private void bar(String style, int y, double part) {
    add(
        "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>%n",
        style, LEFT, y + LABEL, length(part), BAR);
  }

  private void whisker(int y, double from, double to) {
    double left = LEFT + length(from);
    double right = LEFT + length(to);
    int top = y + LABEL;
    int middle = top + BAR / 2;
    add(
        "<path class=\"whisker\" d=\"M%.1f %d V%d M%.1f %d H%.1f M%.1f %d V%d\"/>%n",
        left, top + 2, top + BAR - 2, left, middle, right, right, top + 2, top + BAR - 2);
  }

  private static double length(double part) {
    return Math.max(0, part) * (WIDTH - LEFT - VALUES);
  }

  private void text(int x, int y, String style, String text) {
    add("<text x=\"%d\" y=\"%d\" class=\"%s\">%s</text>%n", x, y, style, escaped(text));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value >= 100 ? "%,.0f" : "%.2f", value);
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }

  /** A text that shows itself, whatever is in it. */
  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
