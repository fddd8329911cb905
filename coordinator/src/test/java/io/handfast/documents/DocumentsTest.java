package io.handfast.documents;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.junit.ArchTest;
import io.handfast.ArchitectureTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is written leads somewhere, and says what is there. */
class DocumentsTest {

  private static final Document ARCHITECTURE = Document.at("ARCHITECTURE.md");

  /** Pages that moved, which the changelog links by the address that they had. */
  private static final Set<String> OLD_ADDRESSES =
      Set.of("docs/limits.md#messages", "README.md#a-node-that-leaves-for-good");

  private static List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.walk(Document.ROOT)) {
      return files
          .filter(file -> file.toString().endsWith(".md"))
          .filter(file -> !file.toString().contains("/target/"))
          .toList();
    }
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : pages()) {
      for (String link : new Document(page).found("\\]\\(([^)\\s]+)\\)")) {
        if (!link.matches("https?://.*") && !exists(page, link) && !isOldAddress(page, link)) {
          broken.add(page + ": " + link);
        }
      }
    }

    assertThat(pages()).hasSizeGreaterThan(20);
    assertThat(broken).isEmpty();
  }

  private static boolean exists(Path page, String link) {
    String[] parts = link.split("#", 2);
    Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]);
    return Files.exists(target)
        && (parts.length == 1
            || new Document(target)
                .found("^#+ (.*)$").stream().map(DocumentsTest::anchor).anyMatch(parts[1]::equals));
  }

  private static boolean isOldAddress(Path page, String link) {
    return page.endsWith("CHANGELOG.md") && OLD_ADDRESSES.contains(link);
  }

  /** As the usual places that show such pages make it. */
  private static String anchor(String heading) {
    return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-');
  }

  @Test
  void theArchitectureNamesEachPackage() throws IOException {
    assertThat(ARCHITECTURE.keysOf("## Packages").stream().filter(key -> isLower(key)))
        .containsExactlyInAnyOrderElementsOf(packages());
  }

  private static boolean isLower(String name) {
    return name.equals(name.toLowerCase(Locale.ROOT));
  }

  private static Set<String> packages() throws IOException {
    Set<String> packages = new TreeSet<>();
    for (String module : List.of("participants", "coordinator")) {
      try (Stream<Path> below =
          Files.list(Document.ROOT.resolve(module + "/src/main/java/io/handfast"))) {
        below
            .filter(Files::isDirectory)
            .forEach(directory -> packages.add(String.valueOf(directory.getFileName())));
      }
    }
    return packages;
  }

  @Test
  void theArchitectureNamesEachRuleThatIsChecked() {
    Set<String> rules =
        Arrays.stream(ArchitectureTest.class.getDeclaredFields())
            .filter(field -> field.isAnnotationPresent(ArchTest.class))
            .map(field -> field.getName())
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(ARCHITECTURE.keysOf("## Packages").stream().filter(key -> !isLower(key)))
        .containsExactlyInAnyOrderElementsOf(rules);
  }

  @Test
  void theArchitectureNamesFilesThatAreThere() throws IOException {
    Set<String> named = ARCHITECTURE.found("`([a-z]+/[A-Z]\\w+)`");

    assertThat(named).hasSizeGreaterThan(15);
    assertThat(named).allMatch(DocumentsTest::isAClass);
  }

  private static boolean isAClass(String name) {
    return Stream.of("participants", "coordinator")
        .map(
            module ->
                Document.ROOT.resolve(module + "/src/main/java/io/handfast/" + name + ".java"))
        .anyMatch(Files::exists);
  }

  @Test
  void theListOfDecisionsIsWhole() throws IOException {
    try (Stream<Path> files = Files.list(Document.ROOT.resolve("docs/design/decisions"))) {
      Set<String> names =
          files
              .map(file -> String.valueOf(file.getFileName()))
              .filter(name -> name.matches("\\d{4}-.*"))
              .collect(Collectors.toCollection(TreeSet::new));

      assertThat(Document.at("docs/design/decisions/README.md").found("\\]\\((\\d{4}-.*)\\)"))
          .isEqualTo(names);
    }
  }

  /** What {@code verify} leaves out is easily forgotten: a claim that is proven nowhere. */
  @Test
  void theTableOfClaimsNamesEachTestOfResilienceAndEachOfBenchmarksHasAProfile()
      throws IOException {
    String contributing = Files.readString(Document.ROOT.resolve("CONTRIBUTING.md"));
    String build = Files.readString(Document.ROOT.resolve("integration-tests/pom.xml"));

    assertThat(integrationTests("resilience"))
        .hasSizeGreaterThan(20)
        .allMatch(name -> contributing.contains("`" + name + "`"));
    assertThat(integrationTests("benchmark"))
        .hasSizeGreaterThan(3)
        .allMatch(name -> build.contains("<it.test>" + name + "</it.test>"));
  }

  private static List<String> integrationTests(String group) throws IOException {
    Path directory =
        Document.ROOT.resolve("integration-tests/src/test/java/io/handfast/it/" + group);
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith("IT.java"))
          .map(name -> name.replace(".java", ""))
          .toList();
    }
  }
}
