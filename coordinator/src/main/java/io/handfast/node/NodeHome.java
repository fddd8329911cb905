package io.handfast.node;

import io.handfast.concurrent.Scheduling;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * What this node is called, and where it keeps its files.
 *
 * <p>A node without a name in the configuration, with broker and databases outside, is
 * <em>disposable</em>: each start takes a name and a directory of its own, since nothing in it is
 * needed later. What such a node leaves prepared, any other node ends. Thread-safe.
 */
@Singleton
public final class NodeHome {

  private static final Logger LOG = Logger.getLogger(NodeHome.class);

  /** The name of the embedded run. */
  private static final String LOCAL = "local";

  private static final String PREFIX = "node-";
  private static final int DIGITS = 36;
  private static final int LENGTH = 12;
  private static final Pattern GENERATED = Pattern.compile(PREFIX + "[0-9a-z]{" + LENGTH + "}");
  private static final String LOCK = "lock";

  /** A lock that is not so much older than this process's may be that of one that is starting. */
  private static final Duration ABANDONED = Duration.ofMinutes(1);

  private final String name;
  private final Path directory;
  private final boolean isDisposable;

  /** The home that the configuration describes; touches no file. */
  @Inject
  public NodeHome(NodeConfig config) {
    this.isDisposable = isDisposable(config);
    this.name = isDisposable ? generated() : config.node().orElse(LOCAL);
    this.directory = isDisposable ? config.dataDirectory().resolve(name) : config.dataDirectory();
  }

  /** The home of a node that has a name. */
  public NodeHome(String name, Path directory) {
    this.name = name;
    this.directory = directory;
    this.isDisposable = false;
  }

  /** Whether a node of this configuration takes another name at each start. */
  public static boolean isDisposable(NodeConfig config) {
    return config.node().isEmpty() && NodeConfig.embedded(config).isEmpty();
  }

  /** Of 62 bits at random, so that no two are alike. */
  private static String generated() {
    StringBuilder generated = new StringBuilder(PREFIX);
    for (int i = 0; i < LENGTH; i++) {
      generated.append(Character.forDigit((int) Scheduling.random(DIGITS), DIGITS));
    }
    return generated.toString();
  }

  /** The node's name. */
  public String name() {
    return name;
  }

  /** Where the decision log and all other files of this node are. */
  public Path directory() {
    return directory;
  }

  /** Whether nothing of this node outlives its process. */
  public boolean isDisposable() {
    return isDisposable;
  }

  /** The file by whose lock one process at a time has the directory. */
  public Path lockFile() {
    return directory.resolve(LOCK);
  }

  /**
   * Deletes the directories that disposable nodes have left beside this one's, whose lock this
   * process has.
   */
  public void deleteAbandoned() {
    try (Stream<Path> all = Files.list(directory.toAbsolutePath().getParent())) {
      FileTime started = Files.getLastModifiedTime(lockFile());
      all.filter(this::isOfAnother).forEach(other -> deleteUnlessUsed(other, started));
    } catch (IOException | UncheckedIOException e) {
      LOG.warnf(
          "files of earlier starts not deleted path=%s: %s; they only take space", directory, e);
    }
  }

  private boolean isOfAnother(Path path) {
    String other = path.getFileName().toString();
    return GENERATED.matcher(other).matches() && !other.equals(name);
  }

  private static void deleteUnlessUsed(Path abandoned, FileTime started) {
    Path file = abandoned.resolve(LOCK);
    try {
      if (!Files.exists(file)
          || Files.getLastModifiedTime(file).toMillis()
              > started.toMillis() - ABANDONED.toMillis()) {
        return;
      }
      Optional<DirectoryLock> lock = DirectoryLock.take(file);
      if (lock.isPresent()) {
        try (DirectoryLock held = lock.get()) {
          delete(abandoned);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path directory) throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(directory)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      Files.delete(path);
    }
  }
}
