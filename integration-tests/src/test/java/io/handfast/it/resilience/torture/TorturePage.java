package io.handfast.it.resilience.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The page that {@code -Ptorture} writes, put together from what its parts have found.
 *
 * <p>Each part replaces its own section, and leaves those that others have found, on whatever day.
 */
public final class TorturePage {
  private static final Path SECTIONS =
      Path.of(System.getProperty("it.directory", "target"), "torture");

  private TorturePage() {}

  /** The parts of the page, in its order. */
  public enum Section {
    RANDOM("At random"),
    LOCAL_COMMIT("Local commit without prepared transactions"),
    SABOTAGE("With a safeguard removed"),
    CRASH_POINTS("Crash points"),
    LOST_WRITES("Lost writes");

    private final String heading;

    Section(String heading) {
      this.heading = "## " + heading + "\n";
    }
  }

  /** Puts a section, in Markdown from its heading of the second level on, in its place. */
  public static void put(Section section, String markdown) throws IOException {
    if (!markdown.startsWith(section.heading)) {
      throw new IllegalArgumentException("does not begin with " + section.heading);
    }
    String page = System.getProperty("torture.page", "");
    if (!page.isEmpty()) {
      Path file = Path.of(page);
      Files.createDirectories(file.getParent());
      Files.writeString(
          file, text(Files.exists(file) ? Files.readString(file) : "", section, markdown));
    }
  }

  /** Where a part keeps a file of this name. */
  public static Path beside(String name) throws IOException {
    return Files.createDirectories(SECTIONS).resolve(name);
  }

  /** The page with a section in the place of the one of its heading. */
  static String text(String page, Section section, String markdown) {
    StringBuilder text = new StringBuilder(HEAD);
    for (Section each : Section.values()) {
      String found = each == section ? markdown : found(page, each);
      if (!found.isEmpty()) {
        text.append('\n').append(found.strip()).append('\n');
      }
    }
    return text.toString();
  }

  private static String found(String page, Section section) {
    int begin = page.indexOf('\n' + section.heading);
    int end = begin < 0 ? -1 : page.indexOf("\n## ", begin + 1);
    return begin < 0 ? "" : page.substring(begin, end < 0 ? page.length() : end);
  }

  private static final String HEAD =
      """
      # Under torture

      This page has what Handfast lost and duplicated while real Artemis and PostgreSQL processes were killed, stopped and cut off.
      """;
}
