package io.handfast.it.harness;

import io.handfast.it.harness.Faults.Dropped;
import io.handfast.it.harness.Faults.LostWrite;
import io.handfast.it.harness.UndoJournal.Change;
import io.handfast.it.harness.UndoJournal.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** Undoes, newest first, what the processes in a directory have changed and not forced. */
final class PowerFailure {
  private final Path directory;
  private final Path side;
  private Map<Long, Path> paths = Map.of();
  private final List<LostWrite> writes = new ArrayList<>();
  private long names;

  PowerFailure(Path directory, Path side) {
    this.directory = directory;
    this.side = side;
  }

  Dropped dropAll() {
    return drop(0, null);
  }

  Dropped dropAllBut(int kept, Random tear) {
    return drop(kept, tear);
  }

  private Dropped drop(int kept, Random tear) {
    try {
      List<Change> unforced = UndoJournal.unforced(side);
      findPaths();
      for (int i = unforced.size() - 1; i >= kept; i--) {
        Change change = unforced.get(i);
        if (tear != null && i == kept && change.kind() == Kind.WRITE && change.length() > 1) {
          tear(change, 1 + tear.nextInt((int) change.length() - 1));
        } else {
          undo(change, change.length());
        }
      }
      forgetJournals();
      return new Dropped(List.copyOf(writes), names);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Undoes a write but for its first bytes. */
  private void tear(Change change, int length) throws IOException {
    Path path = pathOf(change.inode());
    ByteBuffer first = ByteBuffer.allocate(length);
    try (FileChannel file = FileChannel.open(path)) {
      while (first.hasRemaining() && file.read(first, change.offset() + first.position()) > 0) {
        // a killed write may have left less than it was asked to
      }
    }
    undo(change, change.length() - first.position());
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
      write(file, Arrays.copyOf(first.array(), first.position()), change.offset());
    }
  }

  private void undo(Change change, long bytes) throws IOException {
    Path path = pathOf(change.inode());
    if (change.kind().isOfContent()) {
      restore(change, path);
      Path root = path.startsWith(side) ? side : directory;
      writes.add(new LostWrite(root.relativize(path), bytes));
    } else {
      undoName(change, path);
      names++;
      findPaths();
    }
  }

  private static void restore(Change change, Path path) throws IOException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
      write(file, change.saved(), change.offset());
      file.truncate(change.oldLength());
      if (file.size() < change.oldLength()) {
        write(file, new byte[1], change.oldLength() - 1);
      }
    }
  }

  private static void write(FileChannel file, byte[] content, long offset) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(content);
    while (bytes.hasRemaining()) {
      file.write(bytes, offset + bytes.position());
    }
  }

  /** Each is right too where the kill came before the change. */
  private void undoName(Change change, Path parent) throws IOException {
    Path path = parent.resolve(change.name());
    switch (change.kind()) {
      case CREATE -> Files.deleteIfExists(path);
      case MKDIR -> {
        if (Files.exists(path)) {
          Directories.delete(path);
        }
      }
      case REMOVE -> bringBack(change, path);
      case RENAME -> {
        Path to = parent.resolve(change.other());
        if (!Files.exists(path)) {
          Files.move(to, path, StandardCopyOption.ATOMIC_MOVE);
        }
        bringBack(change, to);
      }
      default -> throw new IllegalStateException(change.toString());
    }
  }

  private void bringBack(Change change, Path path) throws IOException {
    Path kept = side.resolve(change.kept());
    if (!change.kept().isEmpty() && Files.exists(kept)) {
      Files.move(kept, path, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private Path pathOf(long inode) throws IOException {
    Path path = paths.get(inode);
    if (path == null) {
      throw new NoSuchFileException("inode " + inode + " below " + directory + " or " + side);
    }
    return path;
  }

  private void findPaths() throws IOException {
    paths = new HashMap<>();
    for (Path root : List.of(side, directory)) {
      if (Files.exists(root)) {
        try (Stream<Path> files = Files.walk(root)) {
          for (Path file : files.toList()) {
            paths.put((Long) Files.getAttribute(file, "unix:ino"), file);
          }
        }
      }
    }
  }

  private void forgetJournals() throws IOException {
    for (Path journal : UndoJournal.in(side)) {
      Files.delete(journal);
    }
    try (Stream<Path> files = Files.list(side)) {
      files.filter(file -> file.toString().endsWith(".kept")).forEach(Directories::delete);
    }
  }
}
