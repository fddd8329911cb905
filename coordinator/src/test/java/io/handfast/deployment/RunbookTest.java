package io.handfast.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whoever is woken finds what to do: the runbook has each alert, and names problems that exist. */
class RunbookTest {

  private static final Path DOCUMENTS = Path.of("../docs");
  private static final Path ALERTS = Path.of("../src/main/monitoring/alerts.yaml");

  private static List<JsonNode> alerts() throws IOException {
    List<JsonNode> alerts = new ArrayList<>();
    new YAMLMapper()
        .readTree(Files.readString(ALERTS))
        .at("/groups")
        .forEach(group -> group.path("rules").forEach(alerts::add));
    return alerts;
  }

  private static Set<String> found(String pattern, Path file) throws IOException {
    return Pattern.compile(pattern, Pattern.MULTILINE)
        .matcher(Files.readString(file))
        .results()
        .map((MatchResult match) -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void eachAlertHasItsSectionAndEachSectionItsAlert() throws IOException {
    Set<String> names = new TreeSet<>();
    alerts().forEach(alert -> names.add(alert.path("alert").asText()));

    assertThat(found("^### (\\w+)$", DOCUMENTS.resolve("runbook.md"))).isEqualTo(names);
  }

  @Test
  void eachAlertSaysWhereItsSectionIs() throws IOException {
    for (JsonNode alert : alerts()) {
      String name = alert.path("alert").asText();
      assertThat(alert.at("/annotations/runbook").asText())
          .isEqualTo("docs/runbook.md#" + name.toLowerCase(Locale.ROOT));
      assertThat(alert.at("/labels/severity").asText()).as(name).isIn("critical", "warning");
    }
  }

  @Test
  void problemsOfTheTableExist() throws IOException {
    Set<String> types = found("`urn:handfast:problem:([a-z-]+)`", DOCUMENTS.resolve("problems.md"));
    Set<String> rows =
        found("^\\| (`[a-z-]+`(?:, `[a-z-]+`)*) \\|", DOCUMENTS.resolve("runbook.md"));
    Set<String> named = new TreeSet<>();
    rows.forEach(row -> named.addAll(List.of(row.replace("`", "").split(", "))));

    assertThat(named).hasSizeGreaterThan(8);
    assertThat(types).containsAll(named);
  }
}
