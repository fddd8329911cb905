package io.handfast.it.harness;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What {@code faults.c} has noted about the changes of a directory: one journal for each process
 * that has made any. A process that was killed may leave a torn entry, whose change was not made.
 */
final class UndoJournal {
  /** The kinds of entries, numbered as there. */
  enum Kind {
    NONE,
    WRITE,
    RESIZE,
    CREATE,
    MKDIR,
    REMOVE,
    RENAME,
    FORCED;

    boolean isOfContent() {
      return this == WRITE || this == RESIZE;
    }
  }

  private static final long MAGIC = 0x3153544c55414648L;
  private static final int FIXED_BYTES = 10 * Long.BYTES;

  /**
   * One change, and how it was before.
   *
   * @param inode of the file; where names change, of their directory
   * @param kept under which name the side directory has what was removed or replaced; may be empty
   * @param saved the bytes from the offset on
   */
  record Change(
      Kind kind,
      long inode,
      long offset,
      long length,
      long oldLength,
      String name,
      String other,
      String kept,
      byte[] saved) {}

  /** A change at its place in its journal. */
  private record Placed(Path journal, long place, Change change) {}

  private final List<Placed> unforced = new ArrayList<>();

  private UndoJournal() {}

  /** The changes that were not forced, oldest first. */
  static List<Change> unforced(Path side) throws IOException {
    UndoJournal journals = new UndoJournal();
    for (Path journal : in(side)) {
      journals.read(journal);
    }
    return journals.unforced.stream().map(Placed::change).toList();
  }

  /** The journals, those of earlier processes first. */
  static List<Path> in(Path side) throws IOException {
    try (Stream<Path> files = Files.list(side)) {
      return files.filter(file -> file.toString().endsWith(".undo")).sorted().toList();
    }
  }

  private void read(Path journal) throws IOException {
    try (InputStream file = Files.newInputStream(journal);
        DataInputStream in = new DataInputStream(new BufferedInputStream(file))) {
      long place = 0;
      while (in.available() > 0) {
        place += readEntry(in, journal, place);
      }
    } catch (EOFException e) {
      // torn by the kill
    }
  }

  private long readEntry(DataInputStream in, Path journal, long place) throws IOException {
    ByteBuffer fixed = ByteBuffer.wrap(bytes(in, FIXED_BYTES)).order(ByteOrder.nativeOrder());
    if (fixed.getLong() != MAGIC) {
      throw new IOException(journal + " has no entry at " + place);
    }
    Kind kind = Kind.values()[(int) fixed.getLong()];
    long inode = fixed.getLong();
    long offset = fixed.getLong();
    long length = fixed.getLong();
    long oldLength = fixed.getLong();
    byte[] name = bytes(in, fixed.getLong(6 * Long.BYTES));
    byte[] other = bytes(in, fixed.getLong(7 * Long.BYTES));
    byte[] kept = bytes(in, fixed.getLong(8 * Long.BYTES));
    byte[] saved = bytes(in, fixed.getLong(9 * Long.BYTES));
    if (kind == Kind.FORCED) {
      forget(inode, journal, offset);
    } else {
      Change change =
          new Change(
              kind, inode, offset, length, oldLength, text(name), text(other), text(kept), saved);
      unforced.add(new Placed(journal, place, change));
    }
    return FIXED_BYTES + name.length + other.length + kept.length + saved.length;
  }

  /** What was changed by a process that is gone, or before that place, is forced. */
  private void forget(long inode, Path journal, long upTo) {
    unforced.removeIf(
        known ->
            known.change.inode == inode && (!known.journal.equals(journal) || known.place < upTo));
  }

  private static byte[] bytes(DataInputStream in, long count) throws IOException {
    byte[] bytes = new byte[Math.toIntExact(count)];
    in.readFully(bytes);
    return bytes;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
