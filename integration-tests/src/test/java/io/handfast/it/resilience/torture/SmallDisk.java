package io.handfast.it.resilience.torture;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A file system of its own on a directory, small enough to be filled: a tmpfs. */
final class SmallDisk implements AutoCloseable {
  private static final String SIZE = "64m";
  private static final int CHUNK = 1 << 20;

  private final Path directory;

  private SmallDisk(Path directory) {
    this.directory = directory;
  }

  /**
   * Mounts it on a directory, which is created; nothing may be in it yet.
   *
   * @return empty where that is refused: only root can mount
   */
  static Optional<SmallDisk> on(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String place = directory.toString();
    return run("mount", "-t", "tmpfs", "-o", "size=" + SIZE, "tmpfs", place)
        ? Optional.of(new SmallDisk(directory))
        : Optional.empty();
  }

  private static boolean run(String... command) {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Takes all that is free, until what this returns is closed. */
  Filling fill() throws IOException {
    Filling filling = new Filling(directory.resolve("filler"));
    filling.fill();
    return filling;
  }

  /** A file that takes all that is free. */
  static final class Filling implements AutoCloseable {
    private final Path file;

    private Filling(Path file) {
      this.file = file;
    }

    /** In smaller and smaller chunks, until not one more byte has room. */
    private void fill() throws IOException {
      try (OutputStream out = Files.newOutputStream(file)) {
        for (int chunk = CHUNK; chunk > 0; chunk /= 2) {
          fillBy(chunk, out);
        }
      }
    }

    private static void fillBy(int chunk, OutputStream out) {
      try {
        while (true) {
          out.write(new byte[chunk]);
        }
      } catch (IOException e) {
        // full
      }
    }

    @Override
    public void close() throws IOException {
      Files.deleteIfExists(file);
    }
  }

  @Override
  public void close() {
    run("umount", "-l", directory.toString());
  }
}
