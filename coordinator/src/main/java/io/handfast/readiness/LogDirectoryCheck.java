package io.handfast.readiness;

import io.handfast.log.LogSizes;
import io.handfast.readiness.Check.Findings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Whether the decision log has a place where it can be written, and where it stays. */
final class LogDirectoryCheck {

  private static final String KEY = "handfast.data-directory";
  private static final String REMEDY =
      "point it at a directory that this process may write to, on a volume that outlives the machine's restart";
  private static final Set<String> MEMORY = Set.of("tmpfs", "ramfs");
  private static final Set<String> CONTAINER_LAYER = Set.of("overlay", "overlayfs");

  private LogDirectoryCheck() {}

  static Check of(Path dataDirectory, FileSystem.Finder disks) {
    Path directory = dataDirectory.resolve("log").toAbsolutePath().normalize();
    return Check.ofNode("log-directory", findings -> look(directory, disks, findings));
  }

  private static void look(Path directory, FileSystem.Finder disks, Findings findings) {
    Path present = directory;
    while (!Files.exists(present)) { // the root of a file system always does
      present = present.getParent();
    }
    if (!Files.isDirectory(present)) {
      findings.refuses(KEY, "needs a directory where a file is: " + present, REMEDY);
    } else if (!Files.isWritable(present)) {
      findings.refuses(KEY, "is in " + present + ", which is not writable", REMEDY);
    } else {
      try {
        check(disks.of(present), findings);
      } catch (IOException e) {
        findings.refuses(KEY, "is on a disk that does not answer: " + e, REMEDY);
      }
    }
  }

  private static void check(FileSystem disk, Findings findings) {
    checkSpace(disk.usable(), findings);
    if (MEMORY.contains(disk.type())) {
      findings.warns(
          KEY,
          "is on "
              + disk.type()
              + ", which is memory: a restart of the machine loses decisions, and prepared branches then wait for an operator",
          REMEDY);
    } else if (CONTAINER_LAYER.contains(disk.type())) {
      findings.warns(
          KEY,
          "is on a container's own layer ("
              + disk.type()
              + "): a new container loses decisions, and prepared branches then wait for an operator",
          "mount a volume there, or " + REMEDY);
    }
  }

  private static void checkSpace(long usable, Findings findings) {
    if (usable < LogSizes.bytesToOpen()) {
      findings.refuses(
          KEY,
          "has %s free, and no decision log can be opened in less than %s"
              .formatted(mebibytes(usable), mebibytes(LogSizes.bytesToOpen())),
          "free at least " + mebibytes(LogSizes.bytesAtMost()));
    } else if (usable < LogSizes.bytesAtMost()) {
      findings.warns(
          KEY,
          "has %s free, and the decision log may come to need %s; when it cannot be written the node takes no work"
              .formatted(mebibytes(usable), mebibytes(LogSizes.bytesAtMost())),
          "free at least " + mebibytes(LogSizes.bytesAtMost()));
    }
  }

  private static String mebibytes(long bytes) {
    return (bytes >> 20) + " MiB";
  }
}
