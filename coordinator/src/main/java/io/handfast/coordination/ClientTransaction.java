package io.handfast.coordination;

import io.handfast.commit.UnitOfWork;
import io.handfast.concurrent.Scheduling;
import io.handfast.database.TransactionLeftException;
import io.handfast.log.DecisionLog;
import io.handfast.message.LeaseBound;
import io.handfast.message.Message;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.TransactionId;
import io.handfast.transaction.TransactionStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A transaction that a client fills and settles.
 *
 * <p>Calls on it are serialised. It ends once: by the client, or when its lease expires; every
 * later call is told how. Thread-safe.
 *
 * <pre>
 *   ACTIVE  --commit-->                PREPARING  --settled-->             ended, any outcome
 *                                      PREPARING  --cannot set aside-->    ROLLING_BACK
 *   ACTIVE  --rollback, lease over-->  ROLLING_BACK  --undone-->           ended, rolled back
 *   ACTIVE  --withdraw-->                                                  ended, nothing
 *
 *   of those that have ended:  in doubt  --the log says-->   decided, or rolled back
 *                              decided   --all confirmed-->  committed
 * </pre>
 */
public final class ClientTransaction {

  /** Work done on an open transaction. */
  @FunctionalInterface
  public interface Call<T> {
    T on(UnitOfWork work) throws Exception;
  }

  private final String id;
  private volatile @Nullable UnitOfWork work;
  private final Optional<TransactionId> logged;
  private final Clock clock;
  private final Settlement settlement;
  private final Lock lock = Scheduling.newFairLock();
  private final List<Message> messages = new CopyOnWriteArrayList<>();
  private final Map<String, String> refused = new LinkedHashMap<>();
  private volatile List<String> participants = List.of();
  private volatile boolean endWanted;
  private volatile @Nullable Instant expires;
  private final AtomicBoolean isExpiring = new AtomicBoolean();
  private volatile TransactionStatus phase = TransactionStatus.ACTIVE;
  private final AtomicReference<@Nullable End> end = new AtomicReference<>();
  private volatile @Nullable String caller;

  /** How and when it ended: one value, so that no reader sees part of it. */
  private record End(Outcome outcome, Instant at, int messageCount) {}

  ClientTransaction(
      String id, UnitOfWork work, Instant expires, Settlement settlement, Clock clock) {
    this.id = id;
    this.work = work;
    this.logged = work.isLogged() ? work.id() : Optional.empty();
    this.expires = expires;
    this.settlement = settlement;
    this.clock = clock;
  }

  /** One that has ended in an earlier process, as far as the log knows it, or the marker. */
  static ClientTransaction ended(
      String id,
      @Nullable TransactionId logged,
      List<String> participants,
      Outcome outcome,
      Clock clock) {
    return new ClientTransaction(id, logged, participants, outcome, clock);
  }

  private ClientTransaction(
      String id,
      @Nullable TransactionId logged,
      List<String> participants,
      Outcome outcome,
      Clock clock) {
    this.id = id;
    this.logged = Optional.ofNullable(logged);
    this.participants = participants;
    this.settlement = Settlement.NONE;
    this.clock = clock;
    this.end.set(new End(outcome, clock.instant(), 0));
  }

  public String id() {
    return id;
  }

  /** The transaction that the log knows; empty where the log takes no decision on the work. */
  Optional<TransactionId> logged() {
    return logged;
  }

  public TransactionStatus status() {
    return outcome().map(Outcome::status).orElse(phase);
  }

  /** When it is rolled back unless it is settled; null for one of an earlier process. */
  public @Nullable Instant expires() {
    return expires;
  }

  /** How it ended; empty while it is open. */
  public Optional<Outcome> outcome() {
    return Optional.ofNullable(end.get()).map(End::outcome);
  }

  /** Who has begun it, or null without authentication. */
  @Nullable String caller() {
    return caller;
  }

  void begunBy(@Nullable String who) {
    caller = who;
  }

  /** When it ended, or null while it is open. */
  @Nullable Instant ended() {
    End known = end.get();
    return known == null ? null : known.at();
  }

  /** The messages that were received in it, in order. */
  public List<Message> messages() {
    return List.copyOf(messages);
  }

  /** How many messages were received in it. */
  public int messageCount() {
    End known = end.get();
    return known == null ? messages.size() : known.messageCount();
  }

  /** Who takes part so far, by name. */
  public List<String> participants() {
    UnitOfWork inProgress = work;
    return inProgress == null ? participants : inProgress.participants();
  }

  /** The messages that the client says are at fault, with its reasons. */
  public Map<String, String> refused() {
    return refused;
  }

  /** Whether another call waits to end it, so that long calls should return. */
  boolean isEndWanted() {
    return endWanted;
  }

  /**
   * Does work in the transaction.
   *
   * @throws ClientTransactionException it is not open any more
   */
  public <T> T call(Call<T> call) throws Exception {
    lock.lock();
    try {
      requireOpen();
      return call.on(inProgress());
    } catch (TransactionLeftException e) {
      if (isClients()) { // a delivery that has lent it gives the unit up by itself
        endLocked(() -> left(e));
      }
      throw e;
    } finally {
      lock.unlock();
    }
  }

  /** Adds messages that were received in it. Called within {@link #call}. */
  public void received(List<Message> received) {
    messages.addAll(received);
  }

  /** Marks a message of it as at fault; false where it has no such message. */
  public boolean refuse(String messageId, String cause) throws Exception {
    return call(
        unused -> {
          boolean isMine = messages.stream().anyMatch(m -> m.id().equals(messageId));
          if (isMine) {
            refused.put(messageId, cause);
          }
          return isMine;
        });
  }

  /** Moves the end of the lease. */
  public void extend(Duration lease) throws Exception {
    call(
        unused -> {
          expires = clock.instant().plus(lease);
          return true;
        });
  }

  /**
   * For how long from now on it may be unsettled, by what it holds; null for as long as any may.
   */
  public @Nullable LeaseBound leaseBound() {
    return settlement.leaseBound(this);
  }

  /** Whether clients may settle it. */
  public boolean isClients() {
    return settlement != Settlement.LENT;
  }

  void withdraw() {
    end(Outcome.Nothing::new);
  }

  /** Commits, or tells how it ended before. */
  public Outcome commit() {
    return end(
        () -> {
          if (isExpired()) {
            return rolledBack(ClientTransactionException.leaseExpired(expires));
          }
          phase = TransactionStatus.PREPARING;
          try {
            settlement.beforeCommit(this);
          } catch (Exception e) {
            return rolledBack(e);
          }
          try (UnitOfWork committing = inProgress()) {
            return committing.commit();
          }
        });
  }

  /** Rolls back, or tells how it ended before. */
  public Outcome rollback() {
    return end(() -> rolledBack(ClientTransactionException.asked()));
  }

  /** Whether it is to {@link #expire}; true for one caller at a time, which has to do so. */
  boolean isExpiryDue() {
    return isExpired() && status().isOpen() && isExpiring.compareAndSet(false, true);
  }

  /** Rolls back if the lease has expired and no call works in it. */
  void expire() {
    try {
      if (isExpired() && status().isOpen() && lock.tryLock()) {
        try {
          if (isExpired()) { // a call that just ended may have extended it
            endLocked(() -> rolledBack(ClientTransactionException.leaseExpired(expires)));
          }
        } finally {
          lock.unlock();
        }
      }
    } finally {
      isExpiring.set(false);
    }
  }

  private Outcome rolledBack(Throwable cause) {
    phase = TransactionStatus.ROLLING_BACK;
    rollBackWork();
    return new Outcome.RolledBack(cause);
  }

  /** Part of it has ended by itself, and how is not known. */
  private Outcome left(TransactionLeftException cause) {
    rollBackWork();
    return new Outcome.Heuristic(cause);
  }

  private void rollBackWork() {
    try (UnitOfWork abandoned = inProgress()) {
      abandoned.rollback();
    }
  }

  private UnitOfWork inProgress() {
    UnitOfWork inProgress = work;
    if (inProgress == null) {
      throw new IllegalStateException("transaction " + id + " has ended");
    }
    return inProgress;
  }

  private Outcome end(Supplier<Outcome> ending) {
    endWanted = true;
    lock.lock();
    try {
      return endLocked(ending);
    } finally {
      lock.unlock();
    }
  }

  private Outcome endLocked(Supplier<Outcome> ending) {
    End known = end.get();
    if (known != null) {
      return known.outcome();
    }
    Outcome reached = ending.get();
    end.set(new End(reached, clock.instant(), messages.size()));
    try {
      settlement.ended(this, reached);
    } finally {
      shrink();
    }
    return reached;
  }

  /** Outcomes are kept for long, and what they are about is not. */
  private void shrink() {
    UnitOfWork done = work;
    participants = done == null ? List.of() : List.copyOf(done.participants());
    messages.clear();
    refused.clear();
    work = null;
  }

  boolean endedBefore(Instant instant) {
    Instant at = ended();
    return at != null && at.isBefore(instant);
  }

  /**
   * Asks the log again where the end was not known or not complete. Takes no lock, which a call may
   * hold for long.
   */
  void refresh(DecisionLog log) {
    End known = end.get();
    if (known == null || logged.isEmpty()) {
      return;
    }
    Outcome now = learned(known.outcome(), logged.get(), log);
    if (now != known.outcome()) {
      // Where another thread was quicker, it has learned as much, or the next will.
      end.compareAndSet(known, new End(now, known.at(), known.messageCount()));
    }
  }

  /** Takes over what a marker tells of an end that was not known. */
  void learn(Supplier<Optional<Outcome>> marker) {
    End known = end.get();
    if (known != null && logged.isEmpty() && known.outcome() instanceof Outcome.InDoubt) {
      marker
          .get()
          .ifPresent(
              now -> end.compareAndSet(known, new End(now, known.at(), known.messageCount())));
    }
  }

  private static Outcome learned(Outcome known, TransactionId id, DecisionLog log) {
    Outcome now = known;
    if (known instanceof Outcome.InDoubt inDoubt) {
      now =
          switch (log.decisionOf(id)) {
            case COMMIT -> new Outcome.Decided(inDoubt.cause());
            case NONE -> new Outcome.RolledBack(inDoubt.cause());
            case UNKNOWN -> known;
          };
    }
    return now instanceof Outcome.Decided && !log.unconfirmed().containsKey(id)
        ? new Outcome.Committed()
        : now;
  }

  private boolean isExpired() {
    Instant end = expires;
    return end != null && !clock.instant().isBefore(end);
  }

  private void requireOpen() throws ClientTransactionException {
    if (!status().isOpen()) {
      throw ClientTransactionException.ended(this);
    }
    if (isExpired()) {
      endLocked(() -> rolledBack(ClientTransactionException.leaseExpired(expires)));
      throw ClientTransactionException.ended(this);
    }
  }
}
