package io.handfast.log;

import io.handfast.log.LogRecord.Closed;
import io.handfast.log.LogRecord.Header;
import io.handfast.log.RecordFormat.Placed;
import io.handfast.log.RecordFormat.UnreadableRecordException;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.activemq.artemis.core.journal.RecordInfo;
import org.apache.activemq.artemis.core.journal.impl.JournalFile;
import org.apache.activemq.artemis.core.journal.impl.JournalFileImpl;
import org.apache.activemq.artemis.core.journal.impl.JournalFilesRepository;
import org.apache.activemq.artemis.core.journal.impl.JournalImpl;
import org.apache.activemq.artemis.core.journal.impl.JournalReaderCallback;
import org.jboss.logging.Logger;

/**
 * Reads a generation, and tells a torn tail from damage.
 *
 * <p>Records of one generation are numbered without a hole, none is ever taken out, and each says
 * up to where everything was forced when it was written. So:
 *
 * <ul>
 *   <li>Something is missing at or below the highest such mark, or among the decisions that the
 *       generation began with: it was on disk and is not any more. That is damage, be it a flipped
 *       bit, an overwritten frame or a lost file, and the start is refused.
 *   <li>Something is missing above every mark: it belongs to the last group that was being forced,
 *       whose pages may have reached the disk in any order. No thread was told that it is there,
 *       and it is dropped with all that follows it.
 * </ul>
 *
 * <p>Two things look like a torn tail and may not be one, since nothing that was written later
 * could say so: damage to the very last group before a crash, and the loss of the newest file as a
 * whole. A log that was closed in order ends with one more record, and has the first blind spot no
 * more.
 *
 * <p>Artemis's journal reads around what it cannot understand and has no checksum; its deletes and
 * its compaction leave holes that mean nothing. That is why neither is used.
 */
final class GenerationReader {

  private static final Logger LOG = Logger.getLogger(GenerationReader.class);

  private static final Placed NOTHING = new Placed(0, 0, new Closed());

  private final Path directory;
  private final CheckedFiles files;
  private final TreeMap<Long, Placed> records = new TreeMap<>();
  private final Map<Long, Path> places = new HashMap<>();
  private String unreadable = "";

  private GenerationReader(Path directory, CheckedFiles files) {
    this.directory = directory;
    this.files = files;
  }

  /**
   * Reads a generation without changing it.
   *
   * @throws DamagedLogException something that was forced is not there
   * @throws IllegalStateException a later Handfast has written it
   */
  static LogContent read(Path directory, CheckedFiles files) throws IOException {
    GenerationReader reader = new GenerationReader(directory, files);
    reader.readAll();
    return reader.content();
  }

  /** Whether a generation has nothing but its header, or not even that. */
  static boolean isFresh(Path directory, CheckedFiles files) throws IOException {
    GenerationReader reader = new GenerationReader(directory, files);
    reader.readAll();
    return Set.of(1L).containsAll(reader.records.keySet());
  }

  private void readAll() throws IOException {
    for (Path file : inOrder()) {
      read(file);
    }
  }

  private List<Path> inOrder() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(file -> file.toString().endsWith("." + Generation.EXTENSION))
          .sorted((a, b) -> Long.compare(numberOf(a), numberOf(b)))
          .toList();
    }
  }

  private static long numberOf(Path file) {
    return JournalFilesRepository.getFileNameID(Generation.PREFIX, file.getFileName().toString());
  }

  private void read(Path file) throws IOException {
    checkHeader(file);
    JournalFile journal =
        new JournalFileImpl(
            files.createSequentialFile(file.getFileName().toString()),
            numberOf(file),
            JournalImpl.FORMAT_VERSION);
    Reading reading = new Reading(file);
    try {
      JournalImpl.readJournalFile(files, journal, reading);
    } catch (Exception e) { // Artemis's own
      throw new IOException(file + " cannot be read: " + e.getMessage(), e);
    }
    if (reading.isNewer) {
      throw new NewerFormatException(file);
    }
  }

  /** Files are never used twice here, so one whose number is not in its name was not written so. */
  private static void checkHeader(Path file) throws IOException {
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      boolean isJournal = in.readInt() == JournalImpl.FORMAT_VERSION;
      int format = in.readInt();
      if (!isJournal || in.readLong() != numberOf(file) || format < RecordFormat.OLDEST) {
        throw new DamagedLogException(file, "does not begin as its name says");
      }
      if (format > RecordFormat.FORMAT) {
        throw new NewerFormatException(file);
      }
    } catch (EOFException e) {
      throw new DamagedLogException(file, "is cut off before its first record");
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
      Path first = directory.resolve(Generation.PREFIX + "-1." + Generation.EXTENSION);
      return new DamagedLogException(first, "does not begin with its header: " + problem);
    }
    return new DamagedLogException(
        places.get(before.getKey()), "is followed by a hole: " + problem);
  }

  /** Takes the records out of one file. */
  private final class Reading implements JournalReaderCallback {

    private final Path file;
    private boolean isNewer;

    Reading(Path file) {
      this.file = file;
    }

    @Override
    public void onReadEventRecord(RecordInfo info) {
      try {
        Placed placed = RecordFormat.decode(info.data);
        records.put(placed.sequence(), placed);
        places.put(placed.sequence(), file);
      } catch (UnreadableRecordException e) {
        isNewer |= e.isNewer();
        unreadable = "; record %d in %s %s".formatted(info.id, file.getFileName(), e.getMessage());
      }
    }
  }
}
