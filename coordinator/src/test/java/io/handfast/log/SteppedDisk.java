package io.handfast.log;

import io.handfast.event.Events;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A disk on which each change is a step: creating, writing, forcing, renaming, deleting. At the
 * step that the test says something happens to it.
 *
 * <p>The files are real, and go through {@link SteppedFileSystem}.
 */
final class SteppedDisk {

  /** What happens at the step. */
  enum Fault {
    /** The process is killed before it. */
    KILL,
    /** The process is killed in the middle of it, if it is a write. */
    TORN,
    /** The power is cut: nothing is left of what was not forced. */
    POWER_CUT,
    /** The power is cut: some sectors are left of what was not forced. */
    RAGGED_POWER_CUT,
    /** It fails, a write when half is done; all others succeed. */
    ONE_FAILURE,
    /** It fails, and some steps later the power is cut. */
    FAILURE_AND_POWER_CUT
  }

  /** Small, so that few decisions lengthen a file and take several generations. */
  private static final LogSizes SIZES = new LogSizes(1 << 10, 2 << 10);

  private static final int STEPS_AFTER_A_FAILURE = 40;

  private final Path root;
  private final Fault fault;
  private final int at;
  private final Random random;
  private final SteppedFileSystem system = new SteppedFileSystem(this);
  private final Unforced unforced = new Unforced();
  private final List<String> steps = new ArrayList<>();
  private int crashAt;
  private boolean isDown;

  /** A disk below a directory, to which something happens at a step, counted from 1. */
  SteppedDisk(Path root, Fault fault, int at) {
    this.root = root;
    this.fault = fault;
    this.at = at;
    this.random = new Random(at);
    this.crashAt =
        switch (fault) {
          case ONE_FAILURE -> Integer.MAX_VALUE;
          case FAILURE_AND_POWER_CUT -> at + 1 + random.nextInt(STEPS_AFTER_A_FAILURE);
          default -> at;
        };
  }

  /** Opens a log of node n1 on this disk. */
  FileDecisionLog open(Path directory) {
    return FileDecisionLog.open(
        path(directory),
        "n1",
        Retention.NONE,
        LogFixture.CLOCK,
        new LogFiles(SIZES, LogFiles.Opener.DEFAULT, Events.NONE));
  }

  Path path(Path real) {
    return system.path(real);
  }

  /** Whether the fault lay within the steps that were made. */
  synchronized boolean hasHappened() {
    return steps.size() >= at;
  }

  /** Whether the process or the power is gone. */
  synchronized boolean isDown() {
    return isDown;
  }

  /** The last steps that were made, for the message of a failure. */
  synchronized List<String> lastSteps() {
    return List.copyOf(steps.subList(Math.max(0, steps.size() - 12), steps.size()));
  }

  /** What the next start finds, in a directory of its own; the disk works again, for nobody. */
  synchronized Path afterwards(Path to) throws IOException {
    switch (fault) {
      case POWER_CUT, FAILURE_AND_POWER_CUT -> unforced.drop(root);
      case RAGGED_POWER_CUT -> unforced.dropSome(root, random);
      default -> {}
    }
    LogFixture.copy(root, to);
    isDown = false;
    crashAt = Integer.MAX_VALUE;
    return to;
  }

  private boolean isGood(String step, Path path) {
    if (!isDown) {
      steps.add(step + " " + root.relativize(path));
      isDown = steps.size() >= crashAt;
    }
    return !isDown && steps.size() != at;
  }

  private void step(String step, Path path) throws IOException {
    if (!isGood(step, path)) {
      throw failure(step, path);
    }
  }

  private static IOException failure(String step, Path path) {
    return new IOException("cannot " + step + " " + path.getFileName());
  }

  synchronized int write(SteppedChannel file, ByteBuffer bytes, long position) throws IOException {
    boolean wasDown = isDown;
    boolean isGood = isGood("write", file.path());
    if (!isGood && (wasDown || isDown && fault != Fault.TORN)) {
      throw failure("write", file.path());
    }
    unforced.writes(file.key(), file.path());
    if (!isGood) {
      ByteBuffer half = bytes.duplicate();
      half.limit(half.position() + half.remaining() / 2);
      file.real().write(half, position);
      throw failure("write", file.path());
    }
    return file.real().write(bytes, position);
  }

  synchronized void force(SteppedChannel file) throws IOException {
    if (!isGood("force", file.path())) {
      unforced.notForced(file.key());
      throw failure("force", file.path());
    }
    unforced.forced(file.key(), file.path());
  }

  synchronized void createIfMissing(Path file) throws IOException {
    if (!Files.exists(file)) {
      step("create", file);
      Files.createFile(file);
      unforced.renames(file, () -> Files.deleteIfExists(file));
    }
  }

  synchronized void truncate(Path file) throws IOException {
    if (Files.size(file) > 0) {
      step("truncate", file);
      unforced.truncates(file);
      Files.write(file, new byte[0]);
    }
  }

  synchronized void createDirectory(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      throw new FileAlreadyExistsException(directory.toString());
    }
    step("create", directory);
    Files.createDirectory(directory);
    unforced.renames(directory, () -> Unforced.deleteTree(directory));
  }

  synchronized void delete(Path path) throws IOException {
    BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
    step("delete", path);
    if (found.isDirectory()) {
      Files.delete(path);
      unforced.renames(path, () -> Files.createDirectory(path));
    } else {
      byte[] content = Files.readAllBytes(path);
      unforced.deletes(path);
      Files.delete(path);
      unforced.renames(path, () -> Files.write(path, content));
    }
  }

  synchronized void move(Path source, Path target) throws IOException {
    step("rename", source);
    boolean isReplaced = Files.exists(target);
    byte[] replaced = isReplaced ? Files.readAllBytes(target) : new byte[0];
    if (isReplaced) {
      unforced.deletes(target);
    }
    Files.move(source, target, StandardCopyOption.REPLACE_EXISTING);
    unforced.renames(
        target,
        () -> {
          Files.move(target, source, StandardCopyOption.REPLACE_EXISTING);
          if (isReplaced) {
            Files.write(target, replaced);
          }
        });
  }
}
