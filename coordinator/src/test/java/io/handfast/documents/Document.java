package io.handfast.documents;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A page of the project, as its readers have it. */
public record Document(Path path) {

  /** Where the project is, from where its tests run. */
  static final Path ROOT = Path.of("..");

  /** Name the component instead; the style of this project has no indefinite pronouns. */
  static final String INDEFINITE_PRONOUN =
      "(?i)\\b((?:no|some|any|every)body|(?:some|any|every)one|no one|who(?:so|m)?ever)\\b";

  /** The page at a path from the project's root. */
  public static Document at(String path) {
    return new Document(ROOT.resolve(path));
  }

  String text() {
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the first group of a pattern has found; {@code ^} and {@code $} are of a line. */
  Set<String> found(String pattern) {
    return found(pattern, text());
  }

  private static Set<String> found(String pattern, String text) {
    return Pattern.compile(pattern, Pattern.MULTILINE)
        .matcher(text)
        .results()
        .map((MatchResult match) -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** From a heading until the next one of any level. */
  private String section(String heading) {
    List<String> lines = text().lines().toList();
    int begin = lines.indexOf(heading);
    if (begin < 0) {
      throw new AssertionError(path + " has no heading " + heading);
    }
    return lines.subList(begin + 1, lines.size()).stream()
        .takeWhile(line -> !line.startsWith("#"))
        .collect(Collectors.joining("\n"));
  }

  /** The cells of the rows of the tables in a section, without the first row of each. */
  public List<List<String>> rows(String heading) {
    return section(heading)
        .lines()
        .filter(line -> line.startsWith("| `"))
        .map(line -> Arrays.stream(line.substring(2).split("\\s*\\|\\s*")).toList())
        .toList();
  }

  /** What stands between back quotes in the first cells of the rows of a section. */
  Set<String> keysOf(String heading) {
    Set<String> keys = new TreeSet<>();
    rows(heading).forEach(row -> keys.addAll(found("`([^`]+)`", row.get(0))));
    return keys;
  }
}
