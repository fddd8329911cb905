package io.handfast.drain;

import io.handfast.node.DurableFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/** Keeps on disk whether the node is being drained. */
final class DrainFile {

  private final Path file;

  DrainFile(Path dataDirectory) {
    this.file = dataDirectory.resolve("drain");
  }

  /**
   * Since when the node is being drained; empty where it is not.
   *
   * @throws IllegalStateException the file does not say since when
   * @throws UncheckedIOException the file cannot be read
   */
  Optional<Instant> since() {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.parse(Files.readString(file).strip()));
    } catch (DateTimeException e) {
      throw new IllegalStateException(
          "%s is damaged: write the time since when this node is being drained into it, such as 2026-01-31T12:00:00Z, or delete it for the node to take work"
              .formatted(file),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("it cannot be read whether the node is being drained", e);
    }
  }

  void write(Instant since) {
    try {
      DurableFile.replace(file, since + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("the drain cannot be stored in " + file, e);
    }
  }

  void delete() {
    try {
      DurableFile.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException("the drain cannot be ended in " + file, e);
    }
  }
}
