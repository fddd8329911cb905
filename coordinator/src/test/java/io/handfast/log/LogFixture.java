package io.handfast.log;

import io.handfast.transaction.TransactionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.stream.Stream;

/** What the tests of the log share. */
public final class LogFixture {

  static final Instant NOW = Instant.parse("2026-03-29T01:59:59.123456789Z");
  static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  static final Map<String, String> BOTH = Map.of("broker", "a-node-id", "database", "system/16384");

  /** Small, so that tests see files that are lengthened. */
  static final LogSizes SMALL = new LogSizes(16 << 10, 64 << 10);

  private static final String UNFINISHED = ".tmp";

  private LogFixture() {}

  static FileDecisionLog open(Path directory) {
    return open(directory, new FaultyDisk());
  }

  static FileDecisionLog open(Path directory, FaultyDisk disk) {
    return disk.open(directory);
  }

  /** Opens a log that forces nothing, for a test that opens very many and cuts no power. */
  public static FileDecisionLog openUnforced(Path directory) {
    return new SteppedDisk(directory, SteppedDisk.Fault.KILL, Integer.MAX_VALUE).open(directory);
  }

  static TransactionId id(long number) {
    return new TransactionId("n1", "0a1b2c3d", 1, number);
  }

  /** The file of the only generation. */
  static Path file(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(file -> file.endsWith(Segment.NAME)).findFirst().orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many bytes all files below a directory have. */
  static long bytes(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Copies a directory as a crash would leave it. A file that the log renames meanwhile, as it does
   * with one that it makes ready, is copied under the name that it has then.
   */
  public static Path copy(Path from, Path to) {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.toList()) {
        try {
          Files.copy(path, to.resolve(from.relativize(path).toString()));
        } catch (NoSuchFileException e) {
          copyRenamed(path, from, to);
        }
      }
      return to;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copyRenamed(Path path, Path from, Path to) throws IOException {
    String name = path.getFileName().toString();
    if (!name.endsWith(UNFINISHED)) {
      throw new NoSuchFileException(path.toString());
    }
    Path renamed = path.resolveSibling(name.substring(0, name.length() - UNFINISHED.length()));
    Files.copy(
        renamed,
        to.resolve(from.relativize(renamed).toString()),
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** Where the last record in a file ends. */
  static int endOfRecords(byte[] file) {
    int end = file.length;
    while (end > 0 && file[end - 1] == 0) {
      end--;
    }
    return end;
  }
}
