package io.handfast;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** SQL, URLs and error codes of one product stand in its dialect, where a third one is added. */
class VendorSqlTest {

  private static final List<Path> SOURCES =
      List.of(Path.of("../participants/src/main/java"), Path.of("src/main/java"));

  /** The classes of a dialect begin with the product's name. */
  private static final Pattern DIALECT =
      Pattern.compile(".*/io/handfast/database/(?:Postgres|H2)\\w+\\.java");

  /** An example in the help of the command line, and the H2 that is started inside a node. */
  private static final Set<String> ALLOWED = Set.of("CommandLine.java", "EmbeddedDatabase.java");

  private static final Pattern VENDOR =
      Pattern.compile(
          "(?i)\\bON CONFLICT\\b|\\bON DUPLICATE KEY\\b|\\bMERGE INTO\\b|\\bRETURNING\\b"
              + "|\\bINFORMATION_SCHEMA\\b|\\bpg_\\w|\\bunnest\\(|::[a-z]+\\[|\\bSET CONSTRAINTS\\b"
              + "|\\bPREPARE (?:COMMIT|TRANSACTION)\\b|(?:COMMIT|ROLLBACK) PREPARED\\b"
              + "|\\bSHOW [a-z_]+\"|jdbc:(?:postgresql|h2|mariadb|mysql)|equals\\(\\w+\\.getSQLState|getErrorCode\\(");

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (Path root : SOURCES) {
      try (Stream<Path> files = Files.walk(root)) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
      }
    }
    return sources;
  }

  @Test
  void standsInItsDialectOnly() throws IOException {
    List<String> elsewhere = new ArrayList<>();
    List<Path> dialects = new ArrayList<>();
    for (Path source : sources()) {
      if (DIALECT.matcher(source.toString()).matches()) {
        dialects.add(source);
      } else if (!ALLOWED.contains(source.getFileName().toString())) {
        elsewhere.addAll(vendorLines(source));
      }
    }

    assertThat(dialects).hasSizeGreaterThan(5);
    assertThat(elsewhere).isEmpty();
  }

  /** Comments may name what differs: that is what they are there for. */
  private static List<String> vendorLines(Path source) throws IOException {
    List<String> found = new ArrayList<>();
    for (String line : Files.readAllLines(source)) {
      boolean isComment = line.strip().startsWith("*") || line.strip().startsWith("/");
      if (!isComment && VENDOR.matcher(line).find()) {
        found.add(source.getFileName() + ": " + line.strip());
      }
    }
    return found;
  }
}
