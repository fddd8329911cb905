package io.handfast.atomikos;

import com.atomikos.recovery.LogException;
import com.atomikos.recovery.LogWriteException;
import com.atomikos.recovery.OltpLog;
import com.atomikos.recovery.PendingTransactionRecord;
import com.atomikos.recovery.RecoveryLog;
import com.atomikos.recovery.TxState;
import io.handfast.log.FileDecisionLog;
import io.handfast.log.UnconfirmedWriteException;
import io.handfast.transaction.TransactionId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Adapts the decision log to the log interface of Atomikos.
 *
 * <p>A decision that a one-phase commit does not need is not written. Nothing is read from here:
 * recovery is Handfast's, so that Atomikos neither waits for time-outs nor forgets.
 */
final class AtomikosLog implements OltpLog, RecoveryLog {

  private final FileDecisionLog log;
  private final Function<TransactionId, Map<String, String>> participants;
  private final Consumer<TransactionId> decided;

  /**
   * Writes to a log that stays its owner's.
   *
   * @param participants tells who takes part in a transaction that is being decided, by name, and
   *     the identity of each
   * @param decided is told of a decision once it is durable, in the thread that decides
   */
  AtomikosLog(
      FileDecisionLog log,
      Function<TransactionId, Map<String, String>> participants,
      Consumer<TransactionId> decided) {
    this.log = log;
    this.participants = participants;
    this.decided = decided;
  }

  @Override
  public void write(PendingTransactionRecord record) throws LogWriteException {
    TransactionId id = TransactionId.parse(record.id).orElseThrow();
    if (record.state == TxState.TERMINATED) {
      log.confirmed(id);
    } else if (record.state == TxState.COMMITTING) {
      Map<String, String> names = participants.apply(id);
      if (names.isEmpty()) {
        throw new LogWriteException(new IllegalStateException("not begun here: " + id));
      }
      if (names.size() > 1) {
        decide(id, names);
      }
    }
  }

  private void decide(TransactionId id, Map<String, String> names) throws LogWriteException {
    try {
      log.decide(id, names);
      decided.accept(id);
    } catch (UnconfirmedWriteException e) {
      throw new LogWriteException(e);
    }
  }

  @Override
  public boolean isActive() {
    return false;
  }

  @Override
  public void close() {}

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
  public Collection<PendingTransactionRecord> getPendingTransactionRecords() {
    return List.of();
  }

  @Override
  public @Nullable PendingTransactionRecord get(String id) {
    return null;
  }

  @Override
  public void forgetTransactionRecords(Collection<PendingTransactionRecord> records) {}

  @Override
  public void recordAsCommitting(String id) throws LogException {
    throw new LogException("recovery is not Atomikos's here");
  }

  @Override
  public void forget(String id) {}
}
