package io.handfast.comparison;

import io.handfast.input.WireName;
import java.util.Locale;

/** A comparison as a page that needs nothing else: what was asked for, the picture, the figures. */
public final class Page {

  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8">%s<title>Handfast: comparison %s</title>
      <style>
      :root { color-scheme: light dark; }
      body { font: 14px system-ui, sans-serif; margin: 2rem; }
      td, th { padding: .2rem .8rem; text-align: right; border-bottom: 1px solid #8884; }
      td:first-child, th:first-child { text-align: left; padding-left: 0; }
      svg { max-width: 100%%; height: auto; }
      </style></head><body>
      <h1>Comparison %s</h1>
      <p>%s, step %d of %d: %s</p>
      """;

  private static final String COLUMNS =
      """
      <table><tr><th>guarantee</th><th>batch</th><th>messages/s</th><th>least</th><th>most</th>
      <th>p50 ms</th><th>p99 ms</th><th>p99.9 ms</th><th>CPU s/1000</th><th>lost</th><th>duplicated</th></tr>
      """;

  private Page() {}

  /** The page of a comparison; it loads itself anew while the comparison runs. */
  public static String of(Comparison comparison) {
    String id = Chart.escaped(comparison.id());
    StringBuilder page = new StringBuilder();
    page.append(
        HEAD.formatted(
            comparison.isRunning() ? "<meta http-equiv=\"refresh\" content=\"2\">" : "",
            id,
            id,
            WireName.of(comparison.status()),
            comparison.done(),
            comparison.steps(),
            Chart.escaped(comparison.step())));
    if (comparison.error() != null) {
      page.append("<p>").append(Chart.escaped(comparison.error())).append("</p>\n");
    }
    page.append(Chart.of(comparison)).append(COLUMNS);
    comparison.rows().forEach(row -> page.append(line(row)));
    return page.append("</table></body></html>\n").toString();
  }

  private static String line(Row row) {
    StringBuilder line = new StringBuilder("<tr>");
    cell(line, WireName.of(row.candidate()));
    cell(line, String.valueOf(row.batch()));
    if (!row.rounds().isEmpty()) {
      Spread throughput = row.messagesPerSecond();
      cell(line, "%.0f", throughput.median());
      cell(line, "%.0f", throughput.min());
      cell(line, "%.0f", throughput.max());
      Latency latency = row.latency();
      cell(line, "%.2f", latency == null ? Double.NaN : latency.p50());
      cell(line, "%.2f", latency == null ? Double.NaN : latency.p99());
      cell(line, "%.2f", latency == null ? Double.NaN : latency.p999());
      cell(line, "%.3f", row.cpuSecondsPerThousand().median());
      cell(line, String.valueOf(row.audit().lost()));
      cell(line, String.valueOf(row.audit().duplicated()));
    }
    return line.append("</tr>\n").toString();
  }

  private static void cell(StringBuilder line, String format, double value) {
    cell(line, Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, value));
  }

  private static void cell(StringBuilder line, String text) {
    line.append("<td>").append(Chart.escaped(text)).append("</td>");
  }
}
