package io.handfast.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every dependency of the poms has its reason and its licence, and no other is listed. */
class DependenciesTest {

  private static final Document LIST = Document.at("docs/design/dependencies.md");

  private static final Pattern DEPENDENCY =
      Pattern.compile(
          "<dependency>\\s*(?:<!--.*?-->\\s*)?<groupId>([^<]+)</groupId>\\s*<artifactId>([^<]+)</artifactId>(.*?)</dependency>",
          Pattern.DOTALL);

  private static Set<String> declared(List<String> modules, boolean isTest) {
    Set<String> declared = new TreeSet<>();
    for (String module : modules) {
      Matcher dependency = DEPENDENCY.matcher(Document.at(module + "/pom.xml").text());
      while (dependency.find()) {
        boolean isOurs = dependency.group(1).equals("io.handfast");
        if (!isOurs && dependency.group(3).contains("<scope>test</scope>") == isTest) {
          declared.add(dependency.group(1) + ":" + dependency.group(2));
        }
      }
    }
    return declared;
  }

  @Test
  void whatIsShippedIsListedWithItsReasonAndLicence() {
    assertThat(LIST.keysOf("## Shipped"))
        .isEqualTo(declared(List.of("participants", "coordinator"), false));
    assertThat(LIST.rows("## Shipped")).allMatch(row -> row.size() == 3);
  }

  @Test
  void whatOnlyTestsUseIsListedToo() {
    Set<String> used = declared(List.of("participants", "coordinator", "integration-tests"), true);
    used.addAll(declared(List.of("benchmarks"), false));
    used.removeAll(LIST.keysOf("## Shipped"));

    assertThat(LIST.keysOf("## Tests and benchmarks only")).isEqualTo(used);
  }
}
