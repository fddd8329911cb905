package io.handfast.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Holds a directory against every other process, and against this one, until it is closed or the
 * process is gone.
 */
final class DirectoryLock implements AutoCloseable {

  private final FileChannel channel;

  private DirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes a lock file, which stays when the lock is gone.
   *
   * @throws IllegalStateException somebody else has it
   */
  static DirectoryLock take(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean isTaken = false;
    try {
      FileLock lock = channel.tryLock();
      isTaken = lock != null;
    } catch (OverlappingFileLockException e) {
      // another instance in this process
    } finally {
      if (!isTaken) {
        channel.close();
      }
    }
    if (!isTaken) {
      throw new IllegalStateException(
          "the decision log in %s is in use by another coordinator that is running: stop it, or give this one a handfast.data-directory and a handfast.node of its own"
              .formatted(file.toAbsolutePath().getParent()));
    }
    return new DirectoryLock(channel);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
