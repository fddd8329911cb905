package io.handfast.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Where the tests keep files: all below the build directory. */
public final class Directories {
  private static final Path BUILD =
      Path.of(System.getProperty("it.directory", "target")).toAbsolutePath();

  private Directories() {}

  /** A new, empty directory. */
  public static Path work(String name) {
    try {
      Path parent = Files.createDirectories(BUILD.resolve("it-work"));
      return Files.createTempDirectory(parent, name + "-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The log of a process; what an earlier run of the tests left there is gone. */
  public static LogFile log(String test, String process) {
    try {
      Path directory = Files.createDirectories(BUILD.resolve("it-logs").resolve(test));
      Path file = directory.resolve(process + ".log");
      Files.deleteIfExists(file);
      return new LogFile(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The log of a server that all tests of this process share. */
  static LogFile sharedLog(String server) {
    return log("shared-" + Fork.number(), server);
  }

  static Path build(String name) {
    return BUILD.resolve(name);
  }

  /** Copies a directory with all that is in it to a place where nothing is yet. */
  static Path copy(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
      return to;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(Directories::deleteFile);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void deleteFile(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
