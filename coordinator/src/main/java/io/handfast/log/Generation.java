package io.handfast.log;

import io.handfast.concurrent.Threads;
import io.handfast.event.Event;
import io.handfast.event.Events;
import io.handfast.log.RecordFormat.Placed;
import io.handfast.node.DurableFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.activemq.artemis.core.journal.EncoderPersister;
import org.apache.activemq.artemis.core.journal.IOCompletion;
import org.apache.activemq.artemis.core.journal.impl.JournalImpl;
import org.apache.activemq.artemis.core.journal.impl.dataformat.ByteArrayEncoding;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The journal that is written now.
 *
 * <p>One thread writes it: it appends all records that wait, forces the file once if anybody waits
 * for that, and tells them; what arrives meanwhile is the next group. So nobody waits for company,
 * and everybody shares a force. No thread of a caller touches a file: an interrupt would close it.
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
  private final JournalThreads threads;
  private final Thread writer = Threads.named("decision-log").newThread(this::write);
  private final BlockingQueue<Pending> waiting = new LinkedBlockingQueue<>();
  private final Pending end = new Pending(new LogRecord.Closed(), false); // is not written
  private final IOCompletion appended = new Appended();
  private final AtomicLong bytes = new AtomicLong();
  private long sequence; // the writer's own, like the next
  private long durable;
  private volatile long bytesAtBegin;
  private final Events events;

  private Generation(Path directory, LogFiles setup) {
    this.files = setup.opener().apply(directory);
    this.events = setup.events();
    this.threads = new JournalThreads(writer);
    this.journal =
        new JournalImpl(
            threads,
            setup.sizes().file(),
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
  static Generation create(Path directory, LogFiles setup, Iterator<LogRecord> content)
      throws IOException {
    Generation generation = new Generation(directory, setup);
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
      writer.start();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) { // Artemis's own
      throw new IOException(e.getMessage(), e);
    }
  }

  /**
   * Appends a record that need not survive a crash; returns at once.
   *
   * @throws IOException nothing is appended any more
   */
  void append(LogRecord record) throws IOException {
    Throwable failure = failure();
    if (failure != null) {
      throw new IOException(failure.toString() + files.trouble(), failure);
    }
    waiting.add(new Pending(record, false));
  }

  /**
   * Appends a record and waits until it is on disk, with everything before it.
   *
   * @throws IOException it is not known to be there, and nothing that follows can be
   */
  void force(LogRecord record) throws IOException {
    try {
      Pending pending = new Pending(record, true);
      waiting.add(pending);
      pending.await(PATIENCE);
    } catch (IOException e) {
      files.failed(e);
      throw new IOException(e.getMessage() + files.trouble(), e);
    }
  }

  /** What the writer does, until the end. */
  private void write() {
    List<Pending> group = new ArrayList<>();
    while (!group.contains(end)) {
      group.clear();
      try {
        group.add(waiting.take());
        waiting.drainTo(group);
        write(group);
      } catch (Throwable e) { // whoever waits must hear of it, whatever it is
        files.failed(e);
      }
      Throwable failure = failure();
      group.forEach(pending -> pending.answer(failure));
    }
  }

  private void write(List<Pending> group) throws Exception {
    boolean isForced = false;
    for (Pending pending : group) {
      if (pending != end && failure() == null) {
        append(++sequence, RecordFormat.encode(new Placed(sequence, durable, pending.record())));
        isForced |= pending.isForced();
      }
    }
    if (isForced) {
      long begun = System.nanoTime();
      files.flush();
      if (failure() == null) {
        durable = sequence;
        if (bytesAtBegin > 0 && events.isHeard()) {
          events.publish(new Event.LogForced(group.size(), System.nanoTime() - begun));
        }
      }
    }
  }

  private void append(long next, byte[] content) throws Exception {
    threads.appendHere();
    journal.appendAddEvent(
        next,
        (byte) 0,
        EncoderPersister.getInstance(),
        new ByteArrayEncoding(content),
        false, // forced by group
        appended);
    bytes.addAndGet(content.length + JournalImpl.SIZE_ADD_RECORD + 1);
  }

  /** Hears of what the journal could not append: the sequence has a hole then. */
  private final class Appended implements IOCompletion {

    @Override
    public void onError(int code, String message) {
      files.failed(new IOException(message));
    }

    @Override
    public void done() {}

    @Override
    public void storeLineUp() {}
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

  /** Writes what waits, and closes the files. */
  @Override
  public void close() {
    waiting.add(end);
    try {
      writer.join();
      journal.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      LOG.debugf("interrupted before the journal was closed");
    } catch (RuntimeException e) {
      LOG.debugf(e, "the journal was not closed in order");
    } finally {
      threads.close();
    }
  }
}
