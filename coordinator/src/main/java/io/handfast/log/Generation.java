package io.handfast.log;

import io.handfast.log.RecordFormat.Placed;
import io.handfast.node.DurableFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.activemq.artemis.core.journal.EncoderPersister;
import org.apache.activemq.artemis.core.journal.impl.JournalImpl;
import org.apache.activemq.artemis.core.journal.impl.dataformat.ByteArrayEncoding;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The journal that is written now.
 *
 * <p>Records are appended as events, which the journal neither indexes nor reclaims: a generation
 * grows until the next one replaces it as a whole, see {@link JournalDecisionLog}. Thread-safe.
 */
final class Generation implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Generation.class);

  static final String PREFIX = "decisions";
  static final String EXTENSION = "journal";

  /** Where a disk does not answer for this long, what was written is unknown. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int FEWEST_FILES = 2;
  private static final int SECONDS_TO_OPEN_A_FILE = 5;

  private final JournalImpl journal;
  private final CheckedFiles files;
  private final AtomicLong durable = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private long sequence;
  private volatile long bytesAtBegin;

  private Generation(CheckedFiles files, int fileSize) {
    this.files = files;
    this.journal =
        new JournalImpl(
            null,
            fileSize,
            FEWEST_FILES,
            FEWEST_FILES,
            0, // never compacts: see the class comment of JournalDecisionLog
            0,
            SECONDS_TO_OPEN_A_FILE,
            files,
            PREFIX,
            EXTENSION,
            1,
            RecordFormat.FORMAT,
            null,
            0);
  }

  /**
   * Writes a new generation; when this returns it is on disk, and nothing points to it yet.
   *
   * @param directory an empty directory
   */
  static Generation create(
      Path directory, CheckedFiles files, int fileSize, Iterator<LogRecord> content)
      throws IOException {
    Generation generation = new Generation(files, fileSize);
    boolean isComplete = false;
    try {
      generation.start();
      while (content.hasNext()) {
        LogRecord next = content.next();
        if (content.hasNext()) {
          generation.append(next);
        } else {
          generation.force(next);
        }
      }
      DurableFile.forceDirectoryOf(directory.resolve(PREFIX));
      generation.bytesAtBegin = generation.bytes();
      isComplete = true;
      return generation;
    } finally {
      if (!isComplete) {
        generation.close();
      }
    }
  }

  private void start() throws IOException {
    try {
      journal.setAutoReclaim(false);
      journal.start();
      journal.load(new NothingToLoad());
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) { // Artemis's own
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Appends a record that need not survive a crash. */
  void append(LogRecord record) throws IOException {
    append(record, false);
  }

  /**
   * Appends a record and waits until it is on disk, with everything before it.
   *
   * @throws IOException it is not known to be there, and nothing that follows can be
   */
  void force(LogRecord record) throws IOException {
    try {
      append(record, true).await(PATIENCE);
    } catch (IOException e) {
      files.failed(e);
      throw new IOException(e.getMessage() + files.trouble(), e);
    }
  }

  /** Synchronized, so that the order on disk is the order of the sequence. */
  private synchronized Pending append(LogRecord record, boolean isForced) throws IOException {
    long next = ++sequence;
    byte[] content = RecordFormat.encode(new Placed(next, durable.get(), record));
    Pending pending =
        new Pending(
            () -> {
              if (isForced) {
                durable.accumulateAndGet(next, Math::max);
              }
            });
    try {
      journal.appendAddEvent(
          next,
          (byte) 0,
          EncoderPersister.getInstance(),
          new ByteArrayEncoding(content),
          isForced,
          pending);
    } catch (Exception e) {
      files.failed(e); // the sequence has a hole now
      throw e instanceof IOException failure ? failure : new IOException(e.getMessage(), e);
    }
    bytes.addAndGet(content.length + JournalImpl.SIZE_ADD_RECORD + 1);
    return pending;
  }

  /** How much was appended. */
  long bytes() {
    return bytes.get();
  }

  /** How much of it the generation began with. */
  long bytesAtBegin() {
    return bytesAtBegin;
  }

  /** What went wrong first, after which nothing is accepted; null while nothing did. */
  @Nullable Throwable failure() {
    return files.failure();
  }

  /** Closes the files; what was not forced is written, as far as that is possible. */
  @Override
  public void close() {
    try {
      journal.stop();
    } catch (RuntimeException e) {
      LOG.debugf(e, "the journal was not closed in order");
    }
  }
}
