package io.handfast.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A disk on which each change is a step: creating, writing, forcing, renaming, deleting. What is
 * not forced is known.
 *
 * <p>The files are those of another file system, and go through {@link SteppedFileSystem}.
 */
abstract class WatchedDisk {

  /** What becomes of a step. */
  enum Verdict {
    GOOD,
    /** It fails, and nothing has happened. */
    FAILS,
    /** It fails; of a write half is done. */
    HALF
  }

  private final SteppedFileSystem system = new SteppedFileSystem(this);
  final Unforced unforced = new Unforced();

  /** Says what becomes of a step; what it throws the caller of the step gets. */
  abstract Verdict verdict(String step, Path path);

  public Path path(Path real) {
    return system.path(real);
  }

  private void step(String step, Path path) throws IOException {
    if (verdict(step, path) != Verdict.GOOD) {
      throw failure(step, path);
    }
  }

  private static IOException failure(String step, Path path) {
    return new IOException("cannot " + step + " " + path.getFileName());
  }

  synchronized int write(SteppedChannel file, ByteBuffer bytes, long position) throws IOException {
    Verdict verdict = verdict("write", file.path());
    if (verdict == Verdict.FAILS) {
      throw failure("write", file.path());
    }
    unforced.writes(file.key(), file.path());
    if (verdict == Verdict.HALF) {
      ByteBuffer half = bytes.duplicate();
      half.limit(half.position() + half.remaining() / 2);
      file.real().write(half, position);
      throw failure("write", file.path());
    }
    return file.real().write(bytes, position);
  }

  synchronized void truncate(SteppedChannel file, long size) throws IOException {
    if (size < file.real().size()) {
      step("shorten", file.path());
      unforced.writes(file.key(), file.path());
      file.real().truncate(size);
    }
  }

  synchronized void force(SteppedChannel file) throws IOException {
    // Before the step: the power may be cut within it, and nothing is unforced after that.
    boolean isFirstFailure = unforced.notForced(file.key());
    step("force", file.path());
    if (isFirstFailure) {
      unforced.notFailed(file.key());
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
