package io.handfast.log;

import io.handfast.log.LogRecord.Closed;
import io.handfast.log.LogRecord.Header;
import io.handfast.log.RecordFormat.Placed;
import io.handfast.log.RecordFormat.UnreadableRecordException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/**
 * Reads a generation of the log, and distinguishes a torn tail, which a crash leaves, from damage.
 *
 * <p>Records of one generation are numbered without a hole, none is ever taken out, and each says
 * up to where everything was forced when it was written. So:
 *
 * <ul>
 *   <li>Something is missing at or below the highest such mark, or among the decisions that the
 *       generation began with: it was on disk and is not any more. That is damage, be it a flipped
 *       bit, an overwritten frame or a file that was cut off, and the start is refused.
 *   <li>Something is missing above every mark: it belongs to the last group that was being forced,
 *       whose pages may have reached the disk in any order. No thread was told that it is there,
 *       and it is dropped with all that follows it.
 * </ul>
 *
 * <p>One thing looks like a torn tail and may not be one, since nothing that was written later
 * could say so: damage to the very last group before a crash. A log that was closed in order ends
 * with one more record, and has this blind spot no more.
 */
final class GenerationReader {

  private static final Logger LOG = Logger.getLogger(GenerationReader.class);

  private static final Placed NOTHING = new Placed(0, 0, new Closed());

  private final Path directory;
  private final TreeMap<Long, Placed> records = new TreeMap<>();
  private final Map<Long, Path> places = new HashMap<>();
  private String unreadable = "";

  private GenerationReader(Path directory) {
    this.directory = directory;
  }

  /**
   * Reads a generation without changing it.
   *
   * @throws DamagedLogException something that was forced is not there
   * @throws IllegalStateException a later Handfast has written it
   */
  static LogContent read(Path directory) throws IOException {
    GenerationReader reader = new GenerationReader(directory);
    reader.readAll();
    return reader.content();
  }

  /** Whether a generation that was never in force has nothing but its header, or not even that. */
  static boolean isFresh(Path directory) throws IOException {
    GenerationReader reader = new GenerationReader(directory);
    Path segment = directory.resolve(Segment.NAME);
    if (Files.exists(segment)) { // perhaps without its beginning, which was to be written first
      reader.readFrames(ByteBuffer.wrap(Files.readAllBytes(segment)), segment);
    } else {
      reader.readJournal();
    }
    return Set.of(1L).containsAll(reader.records.keySet());
  }

  private void readAll() throws IOException {
    Path segment = directory.resolve(Segment.NAME);
    if (Files.exists(segment)) {
      readSegment(segment);
    } else {
      readJournal();
    }
  }

  private void readJournal() throws IOException {
    for (Path file : JournalFiles.in(directory)) {
      JournalFiles.read(file, record -> read(record, file, "a record"));
    }
  }

  private void readSegment(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    if (bytes.limit() < Segment.HEADER_BYTES) {
      throw new DamagedLogException(file, "is cut off before its first record");
    }
    if (bytes.getLong() != Segment.MAGIC) {
      throw new DamagedLogException(file, "does not begin as a decision log does");
    }
    if (bytes.getInt() > RecordFormat.FORMAT) {
      throw new NewerFormatException(file);
    }
    int ahead = bytes.getInt();
    if (ahead <= 0 || bytes.limit() < ahead || !isBlank(bytes, bytes.limit() / ahead * ahead)) {
      throw new DamagedLogException(
          file, "is cut off at byte %d, which no crash does".formatted(bytes.limit()));
    }
    readFrames(bytes, file);
  }

  /** A file that is being lengthened by zeros may have any length; records come only then. */
  private static boolean isBlank(ByteBuffer bytes, int from) {
    for (int at = from; at < bytes.limit(); at++) {
      if (bytes.get(at) != 0) {
        return false;
      }
    }
    return true;
  }

  private void readFrames(ByteBuffer bytes, Path file) {
    int at = Segment.HEADER_BYTES;
    while (at + Integer.BYTES <= bytes.limit()) {
      int length = bytes.getInt(at);
      boolean isRead = isRecord(bytes, at + Integer.BYTES, length) && read(bytes, at, length, file);
      at += isRead ? Segment.frame(length) : Segment.ALIGNMENT;
    }
  }

  /** Looks only where a record can be: behind a damaged frame it is searched for. */
  private static boolean isRecord(ByteBuffer bytes, int at, int length) {
    return length > RecordFormat.PREFIX_BYTES
        && length <= Segment.LONGEST_RECORD
        && at + length <= bytes.limit()
        && RecordFormat.isKnown(bytes.getInt(at));
  }

  private boolean read(ByteBuffer bytes, int at, int length, Path file) {
    byte[] record = new byte[length];
    bytes.get(at + Integer.BYTES, record);
    return read(record, file, "what is at byte " + at);
  }

  private boolean read(byte[] record, Path file, String what) {
    try {
      Placed placed = RecordFormat.decode(record);
      records.put(placed.sequence(), placed);
      places.put(placed.sequence(), file);
      return true;
    } catch (UnreadableRecordException e) {
      if (e.isNewer()) {
        throw new NewerFormatException(file);
      }
      unreadable = "; %s of %s %s".formatted(what, file.getFileName(), e.getMessage());
      return false;
    }
  }

  private LogContent content() {
    if (!(records.getOrDefault(1L, NOTHING).record() instanceof Header header)) {
      throw missing(1);
    }
    long durable = 1 + header.records();
    for (Placed placed : records.values()) {
      durable = Math.max(durable, placed.durable());
    }
    long sequence = 0;
    LogState state = new LogState();
    while (records.containsKey(sequence + 1)) {
      state.apply(records.get(++sequence).record());
    }
    if (sequence < durable) {
      throw missing(sequence + 1);
    }
    if (sequence < records.lastKey() || !unreadable.isEmpty()) {
      LOG.warnf(
          "the decision log in %s ends with what a crash left half written: kept up to record %d, which is the last that was confirmed or later",
          directory, sequence);
    }
    return new LogContent(header.identity(), state);
  }

  private DamagedLogException missing(long sequence) {
    String problem =
        "record %d was on disk and is not there any more%s".formatted(sequence, unreadable);
    Map.Entry<Long, Placed> before = records.lowerEntry(sequence);
    if (before == null) {
      return new DamagedLogException(
          directory.resolve(Segment.NAME), "does not begin with its header: " + problem);
    }
    return new DamagedLogException(
        places.get(before.getKey()), "is followed by a hole: " + problem);
  }
}
