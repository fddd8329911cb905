package io.handfast.node;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Locks a directory against other processes and other parts of this one, until it is closed or the
 * process ends. The lock file stays when the lock is gone.
 */
public final class DirectoryLock implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(DirectoryLock.class);

  private final FileChannel channel;

  private DirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Takes a lock file, in a directory that exists; empty where it is taken. */
  public static Optional<DirectoryLock> take(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean isTaken = false;
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        return Optional.empty();
      }
      isTaken = true;
      return Optional.of(new DirectoryLock(channel));
    } catch (OverlappingFileLockException e) {
      return Optional.empty(); // this process has it
    } finally {
      if (!isTaken) {
        channel.close();
      }
    }
  }

  /** Writes into the lock file which process has it. The lock holds without, on a full disk. */
  public void sign() {
    try {
      channel.truncate(0);
      channel.write(StandardCharsets.UTF_8.encode(ProcessHandle.current().pid() + "\n"));
    } catch (IOException e) {
      LOG.debug("the lock file does not say which process has it", e);
    }
  }

  /**
   * Names the process that has a lock file. Never asked by a process that has it itself: POSIX
   * takes a lock away when its process closes the file, by whatever descriptor.
   */
  public static String holder(Path file) {
    try {
      String text = Files.readString(file).strip();
      return text.matches("\\d{1,10}") ? "process " + text : "another process";
    } catch (IOException e) {
      return "another process";
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
