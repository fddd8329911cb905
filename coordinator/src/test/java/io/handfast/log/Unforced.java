package io.handfast.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is only in the memory of the operating system, and gone with the power: the content of files
 * since each was forced, and their names since the directory was.
 */
final class Unforced {

  private static final int SECTOR = 512;

  /** The change of a name in a directory. */
  private record Change(Path directory, Undo undo) {}

  @FunctionalInterface
  interface Undo {
    void run() throws IOException;
  }

  private final Map<Object, byte[]> contents = new HashMap<>();
  private final Set<Object> lost = new HashSet<>();
  private final Deque<Change> names = new ArrayDeque<>();

  /** Before a file is written to. */
  void writes(Object file, Path path) throws IOException {
    if (!contents.containsKey(file)) {
      contents.put(file, Files.readAllBytes(path));
    }
  }

  void forced(Object file, Path path) {
    if (!lost.contains(file)) {
      contents.remove(file);
    }
    names.removeIf(change -> change.directory().equals(path));
  }

  /**
   * A force has failed: what it was to force will not be, whatever the next one says.
   *
   * @return whether it is the first one that has failed for the file
   */
  boolean notForced(Object file) {
    return lost.add(file);
  }

  /** The first force that was taken for a failed one has not failed. */
  void notFailed(Object file) {
    lost.remove(file);
  }

  /** A file that begins anew: what a failed force has lost of it is not wanted any more. */
  void truncates(Path path) throws IOException {
    Object file = keyOf(path);
    writes(file, path);
    lost.remove(file);
  }

  void renames(Path path, Undo undo) {
    names.addFirst(new Change(path.getParent(), undo));
  }

  /** A file that is gone, whose key another one may get. */
  void deletes(Path path) throws IOException {
    Object file = keyOf(path);
    contents.remove(file);
    lost.remove(file);
  }

  /** The power is back: what is there now is on the disk. */
  void clear() {
    contents.clear();
    lost.clear();
    names.clear();
  }

  /** Takes all of it. */
  void drop(Path root) throws IOException {
    restore(root, null);
    for (Change change : names) {
      if (Files.isDirectory(change.directory())) {
        change.undo().run();
      }
    }
  }

  /** Takes some sectors of the contents, and leaves the names. */
  void dropSome(Path root, Random random) throws IOException {
    restore(root, random);
  }

  private void restore(Path root, @Nullable Random some) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.filter(Files::isRegularFile).toList()) {
        byte[] before = contents.get(keyOf(path));
        if (before != null) {
          Files.write(path, some == null ? before : mixed(before, Files.readAllBytes(path), some));
        }
      }
    }
  }

  private static byte[] mixed(byte[] before, byte[] after, Random random) {
    byte[] mixed = after.clone();
    for (int at = 0; at < after.length; at += SECTOR) {
      if (random.nextBoolean()) {
        for (int i = at; i < Math.min(at + SECTOR, after.length); i++) {
          mixed[i] = i < before.length ? before[i] : 0;
        }
      }
    }
    return mixed;
  }

  static Object keyOf(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }

  static void deleteTree(Path path) throws IOException {
    try (Stream<Path> all = Files.walk(path)) {
      List<Path> deepestFirst = all.sorted((a, b) -> b.compareTo(a)).toList();
      for (Path each : deepestFirst) {
        Files.delete(each);
      }
    }
  }
}
