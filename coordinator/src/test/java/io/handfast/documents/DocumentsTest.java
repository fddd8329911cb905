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
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents lead to what exists, are found from the table of contents, and use plain words. */
class DocumentsTest {

  private static final Document ARCHITECTURE = Document.at("ARCHITECTURE.md");
  private static final Document README = Document.at("README.md");
  private static final int MOST_WORDS_OF_THE_README = 1_200;

  private static List<Path> pages() throws IOException {
    return files(".md");
  }

  private static List<Path> files(String ending) throws IOException {
    try (Stream<Path> files = Files.walk(Document.ROOT)) {
      return files
          .filter(file -> file.toString().endsWith(ending))
          .filter(file -> !file.toString().contains("/target/"))
          .toList();
    }
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : pages()) {
      for (String link : new Document(page).found("\\]\\(([^)\\s]+)\\)")) {
        if (!link.matches("https?://.*") && !exists(page, link)) {
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

  @Test
  void theTableOfContentsHasEachPage() throws IOException {
    Path contents = Document.ROOT.resolve("docs/README.md");
    Set<Path> linked =
        new Document(contents)
            .found("\\]\\(([^)#\\s]+)").stream()
                .map(link -> contents.resolveSibling(link).normalize())
                .collect(Collectors.toSet());

    assertThat(pages())
        .filteredOn(page -> page.startsWith(Document.ROOT.resolve("docs")))
        .filteredOn(page -> !page.equals(contents))
        .hasSizeGreaterThan(40)
        .allMatch(page -> linked.contains(page.normalize()));
  }

  @Test
  void eachPageStartsWithASentence() throws IOException {
    assertThat(pages())
        .filteredOn(page -> page.startsWith(Document.ROOT.resolve("docs")))
        .allMatch(
            page ->
                Pattern.compile("\\A# .+\n\n[A-Z].*").matcher(new Document(page).text()).find());
  }

  @Test
  void theReadmeIsShort() {
    assertThat(README.text().strip().split("\\s+"))
        .hasSizeLessThanOrEqualTo(MOST_WORDS_OF_THE_README);
  }

  @Test
  void noPageUsesAnIndefinitePronoun() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path page : pages()) {
      for (String pronoun : new Document(page).found(Document.INDEFINITE_PRONOUN)) {
        found.add(page + ": " + pronoun);
      }
    }

    assertThat(found).isEmpty();
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
        .allMatch(
            name -> build.matches("(?s).*<it.test>([^<]*,)?" + name + "(,[^<]*)?</it.test>.*"));
  }

  @Test
  void theScriptsNameTestsAndProfilesThatAreThere() throws IOException {
    Set<String> tests = new TreeSet<>();
    Set<String> profiles = new TreeSet<>();
    for (String name : List.of("prove", "measure", "package")) {
      Document script = Document.at("scripts/" + name);
      tests.addAll(script.found("\\b([A-Z]\\w+(?:IT|Test))\\b"));
      script.found(" -P([a-z,-]+)").forEach(some -> profiles.addAll(List.of(some.split(","))));
    }
    Set<String> thereAre = new TreeSet<>();
    for (Path build : files("pom.xml")) {
      thereAre.addAll(new Document(build).found("^      <id>([a-z-]+)</id>"));
    }

    assertThat(tests).hasSizeGreaterThan(8);
    assertThat(classes()).containsAll(tests);
    assertThat(profiles).hasSizeGreaterThan(6);
    assertThat(thereAre).containsAll(profiles);
  }

  private static Set<String> classes() throws IOException {
    return files(".java").stream()
        .map(file -> String.valueOf(file.getFileName()).replace(".java", ""))
        .collect(Collectors.toSet());
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
