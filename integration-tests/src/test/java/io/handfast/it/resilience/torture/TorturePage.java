package io.handfast.it.resilience.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The page that {@code -Ptorture} writes, put together from what its parts have found.
 *
 * <p>Each part leaves its section beside the page's figures in {@code target/torture}; the page is
 * written anew with each section, from those that are there.
 */
public final class TorturePage {
  private static final Path SECTIONS =
      Path.of(System.getProperty("it.directory", "target"), "torture");

  private TorturePage() {}

  /** The parts of the page, in its order. */
  public enum Section {
    RANDOM("random.md"),
    LOCAL_COMMIT("local-commit.md"),
    SABOTAGE("sabotage.md"),
    CRASH_POINTS("crash-points.md"),
    LOST_WRITES("lost-writes.md");

    private final String file;

    Section(String file) {
      this.file = file;
    }
  }

  /** Puts a section, in Markdown from its heading of the second level on, in its place. */
  public static void put(Section section, String markdown) throws IOException {
    Files.writeString(beside(section.file), markdown);
    String page = System.getProperty("torture.page", "");
    if (!page.isEmpty()) {
      Path file = Path.of(page);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text());
    }
  }

  /** Where a part keeps a file of this name. */
  public static Path beside(String name) throws IOException {
    return Files.createDirectories(SECTIONS).resolve(name);
  }

  private static String text() throws IOException {
    StringBuilder text = new StringBuilder(HEAD);
    for (Section section : Section.values()) {
      if (Files.exists(beside(section.file))) {
        text.append('\n').append(Files.readString(beside(section.file)));
      }
    }
    return text.toString();
  }

  private static final String HEAD =
      """
      # Under torture

      This page has what Handfast lost and duplicated while real Artemis and PostgreSQL processes were killed, stopped and cut off.
      """;
}
