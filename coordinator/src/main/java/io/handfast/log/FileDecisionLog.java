package io.handfast.log;

import io.handfast.concurrent.Scheduling;
import io.handfast.concurrent.Threads;
import io.handfast.event.Events;
import io.handfast.log.LogRecord.Closed;
import io.handfast.log.LogRecord.Decided;
import io.handfast.log.LogRecord.Ended;
import io.handfast.log.LogRecord.Joined;
import io.handfast.log.LogRecord.Left;
import io.handfast.log.LogRecord.Named;
import io.handfast.node.NodeIdentity;
import io.handfast.transaction.TransactionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReadWriteLock;
import org.jboss.logging.Logger;

/**
 * The decision log in files of its own, one for each generation.
 *
 * <p>Concurrent decisions share a force: while one is under way the records that arrive gather for
 * the next (group commit: DeWitt et al., SIGMOD 1984). A decision returns when it is on disk. That
 * its participants have confirmed it is appended and not forced; after a crash it may be
 * unconfirmed again, which does no harm.
 *
 * <p>The log is a row of generations, of which one is in force. A new one begins with a {@link
 * Header} and the unconfirmed decisions, and takes the place of the old one in one atomic step:
 *
 * <ul>
 *   <li>at each start, which makes the node's new incarnation durable before anything else, and
 *       leaves a torn tail behind for good;
 *   <li>when the one in force has grown too large, which bounds the directory;
 *   <li>to learn what became of decisions that were not confirmed: they are not in the new one.
 * </ul>
 *
 * <p>No record is ever deleted from a generation: its records are numbered without a hole, so that
 * a damaged or lost one is told from one that was not written ({@link GenerationReader}).
 *
 * <p>Thread-safe.
 */
public final class FileDecisionLog implements DecisionLog, ClientLog, AutoCloseable {

  private static final Logger LOG = Logger.getLogger(FileDecisionLog.class);

  private final LogDirectory directory;
  private final Clock clock;
  private final LogSizes sizes;
  private final NodeIdentity identity;
  private final Retention retention;
  private final LogState state;
  private final Set<TransactionId> writing = ConcurrentHashMap.newKeySet();
  private final Set<TransactionId> unknown = ConcurrentHashMap.newKeySet();

  /**
   * Appending takes the read lock, until the disk has answered; a new generation the write lock.
   */
  private final ReadWriteLock gate = Scheduling.newReadWriteLock();

  private final AtomicBoolean isRenewing = new AtomicBoolean();
  private volatile Generation generation;
  private volatile boolean isDoubtful;
  private volatile boolean isClosed;

  /**
   * Opens the log in a directory, and begins the next incarnation of its node.
   *
   * @param events is told of each force, but for those that begin a generation
   * @throws IllegalStateException the log is in use, another node's, damaged, or of a newer format
   * @throws UncheckedIOException the directory cannot be read or written
   */
  public static FileDecisionLog open(
      Path directory, String node, Retention retention, Clock clock, Events events) {
    LogFiles files = new LogFiles(LogSizes.DEFAULT, LogFiles.Opener.DEFAULT, events);
    return open(directory, node, retention, clock, files);
  }

  static FileDecisionLog open(
      Path path, String node, Retention retention, Clock clock, LogFiles files) {
    try {
      LogDirectory directory = LogDirectory.take(path, files);
      boolean isOpen = false;
      try {
        Optional<LogContent> before = directory.read();
        before.ifPresent(content -> content.requireOwner(node, path));
        FileDecisionLog log =
            new FileDecisionLog(directory, node, retention, clock, files.sizes(), before);
        isOpen = true;
        return log;
      } finally {
        if (!isOpen) {
          directory.close();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the decision log's directory cannot be used: %s (%s); point handfast.data-directory at one that this process may write to, on a disk that is not full"
              .formatted(path, e),
          e);
    }
  }

  private FileDecisionLog(
      LogDirectory directory,
      String node,
      Retention retention,
      Clock clock,
      LogSizes sizes,
      Optional<LogContent> before)
      throws IOException {
    this.directory = directory;
    this.retention = retention;
    this.clock = clock;
    this.sizes = sizes;
    this.identity =
        before.map(content -> content.identity().next()).orElseGet(() -> NodeIdentity.first(node));
    this.state = before.map(LogContent::state).orElseGet(LogState::new);
    state.expire(clock.instant(), retention);
    this.generation = directory.begin(state.records(identity));
    directory.deleteOld();
  }

  /** Who this process is, as the log has it. */
  public NodeIdentity identity() {
    return identity;
  }

  /**
   * Decides that a transaction is committed; on disk when this returns.
   *
   * @param participants the names of all that must confirm before the decision may be forgotten,
   *     each with the identity of the participant that prepared
   * @throws UnconfirmedWriteException it is not known to be on disk: {@link #decisionOf} says
   *     {@code UNKNOWN} until that is learnt, or {@code NONE} where it was not accepted
   */
  public void decide(TransactionId id, Map<String, String> participants)
      throws UnconfirmedWriteException {
    LoggedDecision decision = new LoggedDecision(id, Map.copyOf(participants), clock.instant());
    gate.readLock().lock();
    try {
      requireWritable();
      write(decision);
    } finally {
      gate.readLock().unlock();
    }
    renewWhereLarge();
  }

  private void requireWritable() throws UnconfirmedWriteException {
    if (!isCertain() || isClosed) {
      throw new UnconfirmedWriteException(
          isClosed ? "the decision log is closed" : "an earlier decision was not confirmed", null);
    }
  }

  private void write(LoggedDecision decision) throws UnconfirmedWriteException {
    TransactionId id = decision.id();
    writing.add(id);
    try {
      Decided decided = new Decided(decision);
      generation.force(decided);
      state.apply(decided);
    } catch (IOException | RuntimeException e) {
      isDoubtful = true;
      unknown.add(id);
      LOG.errorf(
          e,
          "decision not confirmed gtrid=%s: this node takes no new work until the log can be written again; look at the disk of handfast.data-directory",
          id);
      throw new UnconfirmedWriteException("the decision was not confirmed: " + e, e);
    } finally {
      writing.remove(id);
    }
  }

  @Override
  public Verdict decisionOf(TransactionId id) {
    // In this order: a decision that is confirmed meanwhile leaves the first after it has entered
    // one of the others.
    if (writing.contains(id) || unknown.contains(id)) {
      return Verdict.UNKNOWN;
    }
    return state.isDecided(id) ? Verdict.COMMIT : Verdict.NONE;
  }

  @Override
  public Collection<LoggedDecision> content() {
    return List.copyOf(state.decisions().values());
  }

  @Override
  public Map<TransactionId, Set<String>> unconfirmed() {
    return state.unconfirmed();
  }

  @Override
  public boolean awaits(TransactionId id, String participant) {
    return state.awaits(id, participant);
  }

  @Override
  public void confirmed(TransactionId id) {
    append(new Ended(id));
  }

  /** Appends what may be lost in a crash, which then only comes back. */
  private void append(LogRecord record) {
    gate.readLock().lock();
    try {
      if (state.apply(record) && isCertain() && !isClosed) {
        generation.append(record);
      }
    } catch (IOException e) {
      doubt(e);
    } finally {
      gate.readLock().unlock();
    }
  }

  private void doubt(IOException failure) {
    isDoubtful = true;
    LOG.errorf(
        failure, "the decision log cannot be written: this node takes no new work until it can");
  }

  @Override
  public void name(String name, TransactionId id) throws UnconfirmedWriteException {
    force(new Named(name, id, clock.instant()));
  }

  @Override
  public Optional<TransactionId> named(String name) {
    return state.named(name);
  }

  @Override
  public boolean mayBeForgotten(TransactionId id) {
    return state.mayBeForgotten(id);
  }

  @Override
  public void expire() {
    state.expire(clock.instant(), retention);
  }

  @Override
  public void join(RemoteBranch branch) throws UnconfirmedWriteException {
    force(new Joined(branch));
  }

  @Override
  public void left(RemoteBranch branch) {
    append(new Left(branch.transaction(), branch.participant()));
  }

  @Override
  public Collection<RemoteBranch> joined() {
    return state.joined();
  }

  @Override
  public Collection<RemoteBranch> joined(TransactionId id) {
    return state.joined(id);
  }

  /** Forces what is no decision; where that fails, nothing has happened. */
  private void force(LogRecord record) throws UnconfirmedWriteException {
    gate.readLock().lock();
    try {
      requireWritable();
      generation.force(record);
      state.apply(record);
    } catch (IOException e) {
      doubt(e);
      throw new UnconfirmedWriteException("the decision log cannot be written: " + e, e);
    } finally {
      gate.readLock().unlock();
    }
    renewWhereLarge();
  }

  @Override
  public boolean isCertain() {
    return !isDoubtful && generation.failure() == null;
  }

  @Override
  public boolean learnUnknown() {
    if (isCertain()) {
      return true;
    }
    gate.writeLock().lock();
    try {
      if (isClosed) {
        return false;
      }
      if (!isCertain()) {
        renew();
        LOG.infof("the decision log can be written again; rolled back: %s", unknown);
        unknown.clear();
        isDoubtful = false;
      }
      return true;
    } catch (IOException | RuntimeException e) {
      LOG.debugf(e, "the decision log cannot be written yet");
      return false;
    } finally {
      gate.writeLock().unlock();
    }
  }

  private void renewWhereLarge() {
    if (!isLarge() || !isRenewing.compareAndSet(false, true)) {
      return;
    }
    gate.writeLock().lock();
    try {
      if (isLarge() && isCertain() && !isClosed) {
        renew();
      }
    } catch (IOException | RuntimeException e) {
      isDoubtful = true; // which of the two generations is in force after a crash is not known
      LOG.errorf(
          e,
          "the decision log cannot be compacted: this node takes no new work until it can; look at the disk of handfast.data-directory");
    } finally {
      isRenewing.set(false);
      gate.writeLock().unlock();
    }
  }

  private boolean isLarge() {
    return generation.bytes() > sizes.generation()
        && generation.bytes() > 2 * generation.bytesAtBegin();
  }

  /** What is unknown is not in the new generation: once that is in force, it was never decided. */
  private void renew() throws IOException {
    Generation old = generation;
    generation = directory.begin(state.records(identity));
    if (old.failure() == null) {
      old.close();
    } else { // may wait for a disk that does not answer
      Threads.start("decision-log-close", old::close);
    }
    directory.deleteOld();
  }

  /** Closes the log and gives the directory free. */
  @Override
  public void close() {
    gate.writeLock().lock();
    try {
      if (isClosed) {
        return;
      }
      isClosed = true;
      try (directory;
          Generation last = generation) {
        if (isCertain()) {
          last.force(new Closed());
        }
      }
    } catch (IOException e) {
      LOG.warnf("the decision log was not closed properly: %s", e.toString());
    } finally {
      gate.writeLock().unlock();
    }
  }
}
