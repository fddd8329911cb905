package io.handfast.it.resilience.lostwrites;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;

/** A process that changes files in every way the node does, and says when it has; then it waits. */
public final class Scribe {
  static final String DONE = "done";

  private final Path directory;

  private Scribe(Path directory) {
    this.directory = directory;
  }

  /** Arguments: a directory, and what to do with it. */
  public static void main(String... arguments) throws Exception {
    Scribe scribe = new Scribe(Files.createDirectories(Path.of(arguments[0])));
    switch (arguments[1]) {
      case "tick" -> scribe.tick();
      case "map" -> scribe.map();
      case "change" -> scribe.change();
      case "change-and-force" -> {
        scribe.change();
        scribe.forceAll();
      }
      default -> throw new IllegalArgumentException(arguments[1]);
    }
    System.out.println(DONE);
    Thread.sleep(Long.MAX_VALUE);
  }

  /** All that is forced comes first, since forcing a directory forces every earlier name in it. */
  private void change() throws IOException {
    writeForced("kept", "forced");
    writeForced("overwritten", "0123456789");
    writeForced("truncated", "0123456789");
    writeForced("removed", "still here");
    writeForced("replaced", "old");
    writeForced("renamed.next", "renamed");
    move("renamed.next", "renamed");
    Files.createDirectory(directory.resolve("old-generation"));
    writeForced("old-generation/1", "decisions");
    force("old-generation");
    writeForced("deleted", "");
    Files.delete(directory.resolve("deleted"));
    force("");

    write("overwritten", "xyz", WRITE);
    write("overwritten", "abc", APPEND);
    write("truncated", "new", WRITE, TRUNCATE_EXISTING);
    Files.delete(directory.resolve("removed"));
    writeForced("replaced.next", "new");
    move("replaced.next", "replaced");
    Files.createDirectory(directory.resolve("new-generation"));
    writeForced("new-generation/1", "decisions");
    force("new-generation");
    Files.delete(directory.resolve("old-generation/1"));
    Files.delete(directory.resolve("old-generation"));
    writeForced("without-a-name", "forced");
    write("unforced", "not forced", CREATE, WRITE);
  }

  private void forceAll() throws IOException {
    force("overwritten");
    force("truncated");
    force("unforced");
    force("");
  }

  private void write(String name, String text, OpenOption... options) throws IOException {
    try (FileChannel file = FileChannel.open(directory.resolve(name), options)) {
      file.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }
  }

  private void writeForced(String name, String text) throws IOException {
    write(name, text, CREATE, WRITE);
    force(name);
  }

  private void force(String name) throws IOException {
    Path path = directory.resolve(name);
    try (FileChannel file = Files.isDirectory(path) ? open(path, READ) : open(path, WRITE)) {
      file.force(true);
    }
  }

  private static FileChannel open(Path path, OpenOption option) throws IOException {
    return FileChannel.open(path, option);
  }

  private void move(String from, String to) throws IOException {
    Files.move(directory.resolve(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE);
  }

  private void map() throws IOException {
    try (FileChannel file = FileChannel.open(directory.resolve("mapped"), CREATE, READ, WRITE)) {
      file.map(MapMode.READ_WRITE, 0, 4096);
    }
  }

  /** What the clocks say and how many milliseconds a force takes, a line each time. */
  private void tick() throws IOException {
    try (FileChannel file = FileChannel.open(directory.resolve("ticks"), CREATE, WRITE)) {
      while (true) {
        long start = System.nanoTime();
        file.write(ByteBuffer.wrap(new byte[] {1}), 0);
        file.force(false);
        long now = System.nanoTime();
        System.out.printf(
            "%d %d %d %d%n",
            System.currentTimeMillis() / 1000,
            Instant.now().getEpochSecond(),
            now,
            (now - start) / 1_000_000);
      }
    }
  }
}
