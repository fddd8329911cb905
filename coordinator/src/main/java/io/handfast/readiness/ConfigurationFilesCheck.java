package io.handfast.readiness;

import io.handfast.readiness.Check.Findings;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether every file that looks like the configuration is read: {@code config/} is looked for in
 * the working directory only, which is not always that of the program.
 *
 * @param program the directory of the program; null where it is not known
 * @param sources the names of the sources that are read, with the URLs of files in them
 */
record ConfigurationFilesCheck(Path working, @Nullable Path program, Collection<String> sources) {

  private static final String DIRECTORY = "config";
  private static final List<String> NAMES =
      List.of("application.properties", "application.yaml", "application.yml");
  private static final long LARGEST = 1 << 20;
  private static final Pattern FILE = Pattern.compile("\\[source=(file:.*)]$");

  ConfigurationFilesCheck {
    working = working.toAbsolutePath().normalize();
  }

  Check check() {
    return Check.ofNode("configuration-files", this::look);
  }

  private void look(Findings findings) {
    List<Path> read = read();
    for (Path file : candidates()) {
      if (isMeant(file) && read.stream().noneMatch(other -> isSame(file, other))) {
        findings.refuses(
            file.toString(),
            "is not read: the configuration is config/application.properties in the working directory, "
                + working,
            remedy(file));
      }
    }
  }

  private List<Path> read() {
    return sources.stream()
        .map(FILE::matcher)
        .filter(Matcher::find)
        .map(source -> Path.of(URI.create(source.group(1).replace(" ", "%20"))))
        .toList();
  }

  private Set<Path> candidates() {
    Set<Path> candidates = new LinkedHashSet<>();
    Stream.of(working, program == null ? working : program.toAbsolutePath().normalize())
        .flatMap(directory -> Stream.of(directory.resolve(DIRECTORY), directory))
        .forEach(directory -> NAMES.forEach(name -> candidates.add(directory.resolve(name))));
    return candidates;
  }

  /** Outside a directory of that name a file may belong to another program. */
  private static boolean isMeant(Path file) {
    if (file.getParent().endsWith(DIRECTORY) || !Files.isRegularFile(file)) {
      return file.getParent().endsWith(DIRECTORY) && Files.exists(file);
    }
    try {
      return Files.size(file) <= LARGEST
          && Files.readString(file, StandardCharsets.ISO_8859_1).contains("handfast");
    } catch (IOException e) {
      return false;
    }
  }

  private String remedy(Path file) {
    if (Files.isDirectory(file)) {
      return "it is a directory: put a file there";
    }
    if (!file.toString().endsWith(".properties")) {
      return "write it as application.properties";
    }
    if (!file.getParent().endsWith(DIRECTORY)) {
      return "move it to " + working.resolve(DIRECTORY).resolve(file.getFileName());
    }
    return file.startsWith(working)
        ? "let this process read it"
        : "start in %s, or with -Dsmallrye.config.locations=%s before -jar"
            .formatted(file.getParent().getParent(), file.getParent());
  }

  private static boolean isSame(Path file, Path other) {
    try {
      return Files.isSameFile(file, other);
    } catch (IOException e) {
      return false;
    }
  }
}
