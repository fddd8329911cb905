package io.handfast.log;

import io.handfast.concurrent.Monitor;
import io.handfast.concurrent.Scheduling;
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
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes the present generation of the log: one file and its thread.
 *
 * <p>The thread writes all records that wait, forces the file once if a caller waits for that, and
 * answers; what arrives meanwhile is the next group. So no caller waits for others to come, and all
 * share a force. No thread of a caller touches the file, since an interrupt would close it.
 *
 * <p>A failure is for ever. After a failed force Linux may drop the pages and report the next force
 * as a success (Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020),
 * so nothing that is written afterwards can be believed; {@link FileDecisionLog#learnUnknown()}
 * begins another generation. Thread-safe.
 */
final class Generation implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Generation.class);

  /** Where a disk does not answer for this long, what was written is unknown. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration FOR_EVER = Duration.ofDays(10_000);

  private final Path directory;
  private final LogFiles files;
  private final Events events;
  private final Thread writer = Threads.named("decision-log").newThread(this::write);
  private final Monitor monitor = new Monitor();
  private List<PendingWrite> waiting = new ArrayList<>();
  private final PendingWrite end =
      new PendingWrite(new LogRecord.Closed(), false); // is not written
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private long sequence; // the writer's own, like the next
  private long durable;
  private volatile long bytes;
  private volatile long bytesAtBegin;

  private Generation(Path directory, LogFiles files) {
    this.directory = directory;
    this.files = files;
    this.events = files.events();
  }

  /**
   * Writes a new generation; when this returns it is on disk, and nothing points to it yet.
   *
   * @param directory an empty directory
   */
  static Generation create(Path directory, LogFiles files, Iterator<LogRecord> content)
      throws IOException {
    Generation generation = new Generation(directory, files);
    generation.writer.start();
    boolean isComplete = false;
    try {
      while (content.hasNext()) {
        LogRecord next = content.next();
        if (content.hasNext()) {
          generation.append(next);
        } else {
          generation.force(next);
        }
      }
      DurableFile.forceDirectoryOf(directory.resolve(Segment.NAME));
      generation.bytesAtBegin = generation.bytes;
      isComplete = true;
      return generation;
    } finally {
      if (!isComplete) {
        generation.close();
      }
    }
  }

  /**
   * Appends a record that need not survive a crash; returns at once.
   *
   * @throws IOException nothing is appended any more
   */
  void append(LogRecord record) throws IOException {
    Throwable failed = failure();
    if (failed != null) {
      throw new IOException(failed.toString(), failed);
    }
    enqueue(new PendingWrite(record, false));
  }

  /**
   * Appends a record and waits until it is on disk, with everything before it.
   *
   * @throws IOException it is not known to be there, and nothing that follows can be
   */
  void force(LogRecord record) throws IOException {
    try {
      PendingWrite pending = new PendingWrite(record, true);
      enqueue(pending);
      pending.await(PATIENCE);
    } catch (IOException e) {
      failed(e);
      throw e;
    }
  }

  private void failed(Throwable cause) {
    failure.compareAndSet(null, cause);
  }

  private void enqueue(PendingWrite pending) {
    try (Monitor held = monitor.enter()) {
      waiting.add(pending);
      held.changed();
    }
  }

  /** Everything that waits; waits itself until there is something. */
  private List<PendingWrite> take() throws InterruptedException {
    try (Monitor held = monitor.enter()) {
      held.await(() -> !waiting.isEmpty());
      List<PendingWrite> taken = waiting;
      waiting = new ArrayList<>();
      return taken;
    }
  }

  /** What the writer does, until the end. */
  private void write() {
    List<PendingWrite> group = List.of();
    try (Segment segment = Segment.create(directory, files)) {
      while (!group.contains(end)) {
        group = take();
        write(group, segment);
        group.forEach(pending -> pending.answer(null));
      }
    } catch (Throwable e) { // callers that wait must hear of it, whatever it is
      failed(e);
    }
    refuse(group);
  }

  /** Nothing is written any more: answers what has come, and what comes, until the end. */
  private void refuse(List<PendingWrite> unwritten) {
    List<PendingWrite> group = unwritten;
    while (true) {
      Throwable failed = failure();
      group.forEach(pending -> pending.answer(failed));
      if (group.contains(end)) {
        return;
      }
      try {
        group = take();
      } catch (InterruptedException e) {
        return; // this thread is known to no other
      }
    }
  }

  private void write(List<PendingWrite> group, Segment segment) throws IOException {
    boolean isForced = false;
    for (PendingWrite pending : group) {
      if (pending != end) {
        sequence++;
        segment.add(RecordFormat.encode(new Placed(sequence, durable, pending.record())));
        isForced |= pending.isForced();
      }
    }
    Throwable failed = failure();
    if (failed != null) { // a caller has given up: what it wrote must not become durable now
      throw new IOException(failed.toString(), failed);
    }
    segment.write();
    bytes = segment.end();
    if (isForced) {
      long begun = Scheduling.nanoTime();
      segment.force();
      durable = sequence;
      if (bytesAtBegin > 0 && events.isHeard()) {
        events.publish(new Event.LogForced(group.size(), Scheduling.nanoTime() - begun));
      }
    }
  }

  /** How much was written. */
  long bytes() {
    return bytes;
  }

  /** How much of it the generation began with. */
  long bytesAtBegin() {
    return bytesAtBegin;
  }

  /** What went wrong first, after which nothing is accepted; null while nothing did. */
  @Nullable Throwable failure() {
    return failure.get();
  }

  /** Writes what waits, and closes the file. */
  @Override
  public void close() {
    enqueue(end);
    try {
      Threads.join(writer, FOR_EVER);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      LOG.debugf("interrupted before the decision log was closed");
    }
  }
}
