package io.handfast.node;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writes small files atomically and durably. */
public final class DurableFile {

  private DurableFile() {}

  /** Writes a file anew; when this returns, the content and its name are forced to disk. */
  public static void replace(Path file, String content) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    try (FileChannel channel =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    forceDirectoryOf(file);
  }

  /** Deletes a file if it is there; when this returns, its absence is forced to disk. */
  public static void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
    forceDirectoryOf(file);
  }

  /**
   * Creates a directory, with its parents, where it is not there; when this returns, its name and
   * those of new parents are forced to disk.
   */
  public static void createDirectories(Path directory) throws IOException {
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      createDirectories(parent);
    }
    Files.createDirectories(directory);
    // Also where it is there: an earlier start may have been killed before it came to this.
    forceDirectoryOf(directory);
  }

  /** Forces the names in the directory that a file is in. */
  public static void forceDirectoryOf(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    try (FileChannel channel = FileChannel.open(directory)) {
      channel.force(true);
    }
  }
}
