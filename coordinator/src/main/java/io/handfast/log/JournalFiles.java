package io.handfast.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads the files of formats 3 and 4, which lie in files of Artemis' journal (its version 2); the
 * next start writes the present format.
 *
 * <p>A file begins with the journal's version, the format, and the number that its name has. Each
 * record then has a type, the number of its file, a count of compactions, an id, the length of its
 * content, a type of the user's, the content, and its whole length once more. A byte that begins no
 * record is skipped, as the journal itself did.
 */
final class JournalFiles {

  private static final Pattern NAME = Pattern.compile("decisions-([0-9]{1,18})\\.journal");
  private static final int VERSION = 2;
  private static final int HEADER_BYTES = 16;
  private static final byte EVENT = 10;
  private static final int LENGTH_AT = 14;
  private static final int CONTENT_AT = 19;
  private static final int AROUND = CONTENT_AT + Integer.BYTES;

  private JournalFiles() {}

  /** The files of a generation, in their order. */
  static List<Path> in(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(file -> NAME.matcher(file.getFileName().toString()).matches())
          .sorted((a, b) -> Long.compare(numberOf(a), numberOf(b)))
          .toList();
    }
  }

  private static long numberOf(Path file) {
    Matcher name = NAME.matcher(file.getFileName().toString());
    if (!name.matches()) {
      throw new IllegalArgumentException("not a file of the journal: " + file);
    }
    return Long.parseLong(name.group(1));
  }

  /** Reads the records of a file as they are, whole or not. */
  static void read(Path file, Consumer<byte[]> records) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    if (bytes.limit() < HEADER_BYTES) {
      throw new DamagedLogException(file, "is cut off before its first record");
    }
    boolean isJournal = bytes.getInt() == VERSION;
    int format = bytes.getInt();
    long number = bytes.getLong();
    if (!isJournal || number != numberOf(file) || format < RecordFormat.OLDEST) {
      throw new DamagedLogException(file, "does not begin as its name says");
    }
    if (format > RecordFormat.FORMAT) {
      throw new NewerFormatException(file);
    }
    int at = HEADER_BYTES;
    while (at + AROUND <= bytes.limit()) {
      int length = bytes.getInt(at + LENGTH_AT);
      if (isRecord(bytes, at, length, (int) number)) {
        byte[] record = new byte[length];
        bytes.get(at + CONTENT_AT, record);
        records.accept(record);
        at += AROUND + length;
      } else {
        at++;
      }
    }
  }

  private static boolean isRecord(ByteBuffer bytes, int at, int length, int number) {
    return bytes.get(at) == EVENT
        && bytes.getInt(at + 1) == number
        && length > 0
        && length <= bytes.limit() - at - AROUND
        && bytes.getInt(at + CONTENT_AT + length) == AROUND + length;
  }
}
