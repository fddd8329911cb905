package io.handfast.it.harness;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a coordinator has answered to one scrape, in Prometheus' text format. */
public record Scrape(String text) {
  private static final Pattern FAMILY =
      Pattern.compile("^# TYPE (handfast_\\w+) (\\w+)$", Pattern.MULTILINE);

  private static final Pattern SAMPLE =
      Pattern.compile("^(handfast_\\w+)(?:\\{(.*)})? (\\S+)$", Pattern.MULTILINE);

  /** Handfast's own families, each with its type. */
  public Map<String, String> families() {
    Map<String, String> families = new LinkedHashMap<>();
    Matcher family = FAMILY.matcher(text);
    while (family.find()) {
      String type = family.group(2);
      // OpenMetrics names a counter's family without the end that its sample has.
      boolean lacksEnd = type.equals("counter") && !family.group(1).endsWith("_total");
      families.put(family.group(1) + (lacksEnd ? "_total" : ""), type);
    }
    return families;
  }

  /** The names of its samples, as a query names them. */
  public Set<String> sampleNames() {
    Set<String> names = new TreeSet<>();
    SAMPLE.matcher(text).results().forEach(found -> names.add(found.group(1)));
    return names;
  }

  /** The names of the labels of a family's samples, but for those of a histogram's buckets. */
  public Set<String> labelsOf(String family) {
    Set<String> labels = new TreeSet<>();
    Matcher sample = SAMPLE.matcher(text);
    while (sample.find()) {
      boolean isOfFamily =
          sample.group(1).equals(family)
              || sample.group(1).matches(Pattern.quote(family) + "_(bucket|count|sum)");
      if (isOfFamily && sample.group(2) != null) {
        for (String label : sample.group(2).split(",")) {
          labels.add(label.substring(0, label.indexOf('=')));
        }
      }
    }
    labels.remove("le");
    return labels;
  }

  /** The value of the only sample of that name with all these labels, each as {@code key="x"}. */
  public double value(String name, String... labels) {
    Matcher sample = SAMPLE.matcher(text);
    while (sample.find()) {
      String found = sample.group(2) == null ? "" : sample.group(2);
      if (sample.group(1).equals(name) && Set.of(found.split(",")).containsAll(Set.of(labels))) {
        return Double.parseDouble(sample.group(3));
      }
    }
    throw new AssertionError("no sample %s%s in%n%s".formatted(name, Set.of(labels), text));
  }
}
