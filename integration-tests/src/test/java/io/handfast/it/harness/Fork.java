package io.handfast.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The number of this process among the test processes of this machine, by a lock that ends with it.
 * Surefire's own number differs only within one build, and leaves a system property empty that is
 * to hold it: two checkouts, or two forks, would then take the same ports.
 */
final class Fork {
  static final int MOST = 12;

  private static final Fork THIS = take();

  private final int number;

  /** Held here: it would be released with an object that nobody refers to. */
  private final FileLock lock;

  private Fork(int number, FileLock lock) {
    this.number = number;
    this.lock = lock;
  }

  /** From 1 to {@link #MOST}: no other process has the same one meanwhile. */
  static int number() {
    return THIS.number;
  }

  private static Fork take() {
    try {
      Path directory =
          Files.createDirectories(
              Path.of(System.getProperty("java.io.tmpdir"), "handfast-it-forks"));
      for (int number = 1; number <= MOST; number++) {
        FileChannel channel =
            FileChannel.open(
                directory.resolve(number + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock != null) {
          return new Fork(number, lock);
        }
        channel.close();
      }
      throw new IllegalStateException("more than " + MOST + " processes run tests on this machine");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
