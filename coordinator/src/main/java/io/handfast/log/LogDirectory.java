package io.handfast.log;

import io.handfast.node.DirectoryLock;
import io.handfast.node.DurableFile;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The directory of a log: its lock, its generations, and a small file that names the present one.
 *
 * <p>A generation is written and forced first and then pointed to, in one atomic step. One that is
 * not pointed to was never in force, however complete it looks. Used by one thread at a time.
 */
final class LogDirectory implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(LogDirectory.class);
  private static final String LOCK = "lock";
  private static final String CURRENT = "current.properties";
  private static final String FORMAT = "format";
  private static final String GENERATION = "generation";
  private static final Pattern NAME = Pattern.compile("generation-(\\d{1,18})");

  private final Path directory;
  private final LogFiles files;
  private final DirectoryLock lock;
  private long newest;

  private LogDirectory(Path directory, LogFiles files, DirectoryLock lock) {
    this.directory = directory;
    this.files = files;
    this.lock = lock;
  }

  /** Takes a directory, which is created where it is not there. */
  static LogDirectory take(Path directory, LogFiles files) throws IOException {
    DurableFile.createDirectories(directory);
    return new LogDirectory(directory, files, lock(directory.resolve(LOCK)));
  }

  /**
   * Takes the lock file of a log's directory.
   *
   * @throws IllegalStateException another log has it
   */
  private static DirectoryLock lock(Path file) throws IOException {
    return DirectoryLock.take(file)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "the decision log in %s is in use by another coordinator that is running: stop it, or give this one a handfast.data-directory and a handfast.node of its own"
                        .formatted(file.toAbsolutePath().getParent())));
  }

  /** What the log says, in whatever format it is; empty where there is no log yet. */
  Optional<LogContent> read() throws IOException {
    OptionalLong current = current();
    if (current.isEmpty()) {
      refuseGenerationsThatWereInForce();
      return Optional.empty();
    }
    newest = current.getAsLong();
    Path generation = pathOf(newest);
    if (!Files.isDirectory(generation)) {
      throw new DamagedLogException(
          directory.resolve(CURRENT), "points to " + generation + ", which is not there");
    }
    return Optional.of(GenerationReader.read(generation));
  }

  private OptionalLong current() throws IOException {
    Path file = directory.resolve(CURRENT);
    if (!Files.exists(file)) {
      return OptionalLong.empty();
    }
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IllegalArgumentException e) { // a malformed escape
      throw new DamagedLogException(file, "cannot be read: " + e.getMessage());
    }
    long format = numberIn(properties, FORMAT, file);
    if (format > RecordFormat.FORMAT) {
      throw new NewerFormatException(file);
    }
    return OptionalLong.of(numberIn(properties, GENERATION, file));
  }

  private static long numberIn(Properties properties, String key, Path file) {
    String value = properties.getProperty(key, "");
    if (!value.matches("[0-9]{1,18}")) {
      throw new DamagedLogException(file, "says '%s' for %s".formatted(value, key));
    }
    return Long.parseLong(value);
  }

  /**
   * The first start of all may have crashed before it pointed to what it wrote; nothing else may.
   */
  private void refuseGenerationsThatWereInForce() throws IOException {
    for (Path generation : generations()) {
      if (!generation.equals(pathOf(1)) || !GenerationReader.isFresh(generation)) {
        throw new DamagedLogException(
            generation.resolve(CURRENT),
            "is needed, since %s was in force".formatted(generation.getFileName()));
      }
    }
  }

  /**
   * Writes the next generation and puts it in force.
   *
   * @throws IOException which of the two is in force after a crash is not known
   */
  Generation begin(Collection<LogRecord> content) throws IOException {
    Path path = pathOf(++newest);
    delete(path);
    Files.createDirectory(path);
    Generation generation = create(path, content);
    boolean isInForce = false;
    try {
      DurableFile.forceDirectoryOf(path);
      pointTo(newest);
      isInForce = true;
      return generation;
    } finally {
      if (!isInForce) { // and not deleted: it may be pointed to
        generation.close();
      }
    }
  }

  private Generation create(Path path, Collection<LogRecord> content) throws IOException {
    boolean isWritten = false;
    try {
      Generation generation = Generation.create(path, files, content.iterator());
      isWritten = true;
      return generation;
    } finally {
      if (!isWritten) { // on a full disk it takes the room that the next attempt needs
        delete(path);
      }
    }
  }

  private void pointTo(long generation) throws IOException {
    Properties properties = new Properties();
    properties.setProperty(FORMAT, Integer.toString(RecordFormat.FORMAT));
    properties.setProperty(GENERATION, Long.toString(generation));
    StringWriter text = new StringWriter();
    properties.store(text, "Handfast: do not edit.");
    DurableFile.replace(directory.resolve(CURRENT), text.toString());
  }

  /** Deletes all but the newest generation; what cannot be deleted only takes space. */
  void deleteOld() {
    try {
      for (Path generation : generations()) {
        if (!generation.equals(pathOf(newest))) {
          delete(generation);
        }
      }
    } catch (IOException e) {
      LOG.warnf("obsolete files of the decision log were not deleted: %s", e.toString());
    }
  }

  private List<Path> generations() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(LogDirectory::isGeneration).toList();
    }
  }

  private static boolean isGeneration(Path path) {
    Matcher name = NAME.matcher(path.getFileName().toString());
    return name.matches() && Files.isDirectory(path);
  }

  private Path pathOf(long generation) {
    return directory.resolve("generation-" + generation);
  }

  private static void delete(Path generation) throws IOException {
    if (Files.isDirectory(generation)) {
      try (Stream<Path> all = Files.list(generation)) {
        for (Path file : all.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(generation);
    }
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
