package io.handfast.atomikos;

import com.atomikos.recovery.LogException;
import com.atomikos.recovery.LogReadException;
import com.atomikos.recovery.LogWriteException;
import com.atomikos.recovery.OltpLog;
import com.atomikos.recovery.PendingTransactionRecord;
import com.atomikos.recovery.RecoveryLog;
import com.atomikos.recovery.TxState;
import com.atomikos.recovery.fs.FileSystemRepository;
import io.handfast.log.DecisionLog;
import io.handfast.transaction.TransactionId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The decision log in Atomikos's own file format.
 *
 * <p>Atomikos's repository forces each record; its cache, which swallows a failed write and forgets
 * old decisions, is not used. A decision that a one-phase commit does not need is not written. The
 * end of a transaction is not forced: a decision that outlives its branches does no harm, and goes
 * with the next checkpoint.
 */
final class FileDecisionLog implements DecisionLog, OltpLog, RecoveryLog {

  private static final Logger LOG = Logger.getLogger(FileDecisionLog.class);

  /** The beginning of the names of the log's files. */
  static final String BASE_NAME = "decisions";

  private static final Pattern FILE_NAME = Pattern.compile(BASE_NAME + "(\\d+)\\.log");
  private static final String SEPARATOR = ",";
  private static final int RECORDS_PER_FILE = 10_000;

  private final Function<TransactionId, List<String>> participants;
  private final Path directory;
  private final FileSystemRepository file = new FileSystemRepository();
  private final Map<TransactionId, PendingTransactionRecord> decisions = new HashMap<>();
  private final Set<TransactionId> unknown = new HashSet<>();
  private int records;

  /**
   * A log that is not open yet.
   *
   * @param participants tells who takes part in a transaction that is being decided
   */
  FileDecisionLog(Path directory, Function<TransactionId, List<String>> participants) {
    this.directory = directory;
    this.participants = participants;
  }

  /** Reads what an earlier incarnation decided, and starts a new file with it. */
  synchronized void open() {
    try {
      file.init();
      for (PendingTransactionRecord record : file.getAllCoordinatorLogEntries()) {
        if (record.state == TxState.COMMITTING) {
          TransactionId.parse(record.id).ifPresent(id -> decisions.put(id, record));
        }
      }
      checkpoint();
    } catch (LogException e) {
      throw new IllegalStateException(
          "the decision log cannot be opened: another coordinator may be running on the same handfast.data-directory",
          e);
    }
  }

  @Override
  public synchronized void write(PendingTransactionRecord record) throws LogWriteException {
    TransactionId id = TransactionId.parse(record.id).orElseThrow();
    if (record.state == TxState.TERMINATED) {
      decisions.remove(id);
    } else if (record.state == TxState.COMMITTING) {
      List<String> names = participants.apply(id);
      if (names.size() > 1) {
        decide(id, naming(names, record));
      }
    }
  }

  /** Participants stand where Atomikos keeps a superior's name, which no transaction here has. */
  private static PendingTransactionRecord naming(
      List<String> names, PendingTransactionRecord record) {
    return new PendingTransactionRecord(
        record.id,
        record.state,
        record.expires,
        record.recoveryDomainName,
        String.join(SEPARATOR, names));
  }

  /**
   * Starts a new file with what is decided and not confirmed.
   *
   * <p>Atomikos swallows some failures to open it, so what it says is not believed but read back.
   */
  private void checkpoint() throws LogWriteException {
    file.writeCheckpoint(List.copyOf(decisions.values()));
    Set<String> written = new HashSet<>();
    try (InputStream newest = Files.newInputStream(newestFile())) {
      FileSystemRepository.readFromInputStream(newest).forEach(record -> written.add(record.id));
    } catch (IOException | LogReadException e) {
      throw new LogWriteException(e);
    }
    Set<String> wanted = new HashSet<>();
    decisions.values().forEach(record -> wanted.add(record.id));
    if (!written.equals(wanted)) {
      throw new LogWriteException(new IllegalStateException("the new log file is not complete"));
    }
  }

  private Path newestFile() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(path -> versionOf(path) >= 0)
          .max(Comparator.comparingLong(FileDecisionLog::versionOf))
          .orElseThrow(() -> new NoSuchFileException(directory.toString()));
    }
  }

  private static long versionOf(Path path) {
    Matcher name = FILE_NAME.matcher(path.getFileName().toString());
    return name.matches() ? Long.parseLong(name.group(1)) : -1;
  }

  private void decide(TransactionId id, PendingTransactionRecord record) throws LogWriteException {
    if (!unknown.isEmpty()) {
      throw new LogWriteException(
          new IllegalStateException("an earlier decision was not confirmed"));
    }
    try {
      if (++records % RECORDS_PER_FILE == 0) {
        checkpoint();
      }
      unknown.add(id);
      file.put(record.id, record);
      unknown.remove(id);
      decisions.put(id, record);
    } catch (LogWriteException | RuntimeException e) {
      LOG.errorf(
          e,
          "decision not confirmed gtrid=%s: this node takes no new work until the log can be written again; look at the disk of handfast.data-directory",
          id);
      throw e;
    }
  }

  @Override
  public synchronized Decision decisionOf(TransactionId id) {
    if (unknown.contains(id)) {
      return Decision.UNKNOWN;
    }
    return decisions.containsKey(id) ? Decision.COMMIT : Decision.NONE;
  }

  @Override
  public synchronized Map<TransactionId, Set<String>> unconfirmed() {
    Map<TransactionId, Set<String>> unconfirmed = new HashMap<>();
    decisions.forEach(
        (id, record) -> {
          String names = record.superiorId == null ? "" : record.superiorId;
          unconfirmed.put(id, new HashSet<>(List.of(names.split(SEPARATOR))));
        });
    return unconfirmed;
  }

  @Override
  public synchronized void confirmed(TransactionId id) {
    decisions.remove(id);
  }

  @Override
  public synchronized boolean isCertain() {
    return unknown.isEmpty();
  }

  @Override
  public synchronized boolean settle() {
    if (!unknown.isEmpty()) {
      try {
        // A new file without the unconfirmed records, forced, is proof that they do not exist.
        checkpoint();
        LOG.infof("the decision log can be written again; rolled back: %s", unknown);
        unknown.clear();
      } catch (LogWriteException e) {
        return false;
      }
    }
    return true;
  }

  @Override
  public synchronized void close() {
    try {
      checkpoint();
    } catch (LogWriteException e) {
      LOG.warnf("the decision log could not be compacted at the end: %s", e.getMessage());
    }
    file.close();
  }

  /** Never: recovery is Handfast's, so that Atomikos neither waits for time-outs nor forgets. */
  @Override
  public boolean isActive() {
    return false;
  }

  @Override
  public void closing() {}

  @Override
  public void closed() {}

  @Override
  public Collection<PendingTransactionRecord> getIndoubtTransactionRecords() {
    return List.of();
  }

  @Override
  public Collection<PendingTransactionRecord> getExpiredPendingCommittingTransactionRecordsAt(
      long time) {
    return List.of();
  }

  @Override
  public void forgetTransactionRecords(Collection<PendingTransactionRecord> records) {}

  @Override
  public void recordAsCommitting(String id) throws LogException {
    throw new LogException("recovery is not Atomikos's here");
  }

  @Override
  public void forget(String id) {}

  @Override
  public synchronized PendingTransactionRecord get(String id) throws LogReadException {
    return TransactionId.parse(id).map(decisions::get).orElse(null);
  }

  @Override
  public synchronized Collection<PendingTransactionRecord> getPendingTransactionRecords() {
    return List.copyOf(decisions.values());
  }
}
