package io.handfast.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The archive of the runner's classes, with which it starts in much less of a processor's time. */
final class ClassArchive {
  private static final Path SCRIPT = Path.of("../src/main/scripts/archive-classes.sh");
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private ClassArchive() {}

  /** The archive beside a jar, made where there is none that is newer than the jar. */
  static Path of(Path jar) {
    Path directory = jar.toAbsolutePath().normalize().getParent();
    Path archive = directory.resolve("handfast.jsa");
    try (FileChannel channel =
            FileChannel.open(
                directory.resolve("handfast.jsa.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) { // for the other processes that run tests
      if (lock.isValid() && !isNewer(archive, jar)) {
        make(directory);
      }
      return archive;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isNewer(Path archive, Path jar) throws IOException {
    return Files.exists(archive)
        && Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(jar)) > 0;
  }

  private static void make(Path directory) {
    LogFile log = Directories.sharedLog("archive-classes");
    List<String> command =
        List.of(SCRIPT.toAbsolutePath().normalize().toString(), directory.toString());
    Map<String, String> environment =
        Map.of("JAVA_TOOL_OPTIONS", System.getProperty("handfast.runner.java-options", ""));
    int code = ChildProcess.start(command, directory, log, environment).awaitExit(PATIENCE).code();
    if (code != 0) {
      throw new IllegalStateException(SCRIPT + " exited with " + code + "\n" + log.tail(60));
    }
  }
}
