package io.handfast.documents;

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
import org.junit.jupiter.api.Test;

/** Whoever is woken finds what to do: the runbook has each alert, and names problems that exist. */
class RunbookTest {

  private static final Document RUNBOOK = Document.at("docs/operating/runbook.md");
  private static final Path ALERTS = Path.of("../src/main/monitoring/alerts.yaml");

  private static List<JsonNode> alerts() throws IOException {
    List<JsonNode> alerts = new ArrayList<>();
    new YAMLMapper()
        .readTree(Files.readString(ALERTS))
        .at("/groups")
        .forEach(group -> group.path("rules").forEach(alerts::add));
    return alerts;
  }

  @Test
  void eachAlertHasItsSectionAndEachSectionItsAlert() throws IOException {
    Set<String> names = new TreeSet<>();
    alerts().forEach(alert -> names.add(alert.path("alert").asText()));

    assertThat(RUNBOOK.found("^### (\\w+)$")).isEqualTo(names);
  }

  @Test
  void eachAlertSaysWhereItsSectionIs() throws IOException {
    for (JsonNode alert : alerts()) {
      String name = alert.path("alert").asText();
      assertThat(alert.at("/annotations/runbook").asText())
          .isEqualTo("docs/operating/runbook.md#" + name.toLowerCase(Locale.ROOT));
      assertThat(alert.at("/labels/severity").asText()).as(name).isIn("critical", "warning");
    }
  }

  @Test
  void problemsOfTheTableExist() {
    Set<String> types =
        Document.at("docs/reference/problems.md").found("`urn:handfast:problem:([a-z-]+)`");
    Set<String> named = RUNBOOK.keysOf("## Problems");

    assertThat(named).hasSizeGreaterThan(8);
    assertThat(types).containsAll(named);
  }
}
