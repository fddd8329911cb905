package io.handfast.coordination;

import io.handfast.commit.Protocols;
import io.handfast.commit.UnitOfWork;
import io.handfast.concurrent.Deadline;
import io.handfast.concurrent.Repeating;
import io.handfast.concurrent.Threads;
import io.handfast.database.Marker;
import io.handfast.log.ClientLog;
import io.handfast.log.DecisionLog;
import io.handfast.log.UnconfirmedWriteException;
import io.handfast.message.Message;
import io.handfast.message.Source;
import io.handfast.node.NodeIdentity;
import io.handfast.node.Participants;
import io.handfast.recovery.Recovery;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.RefusedException;
import io.handfast.transaction.TransactionId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.locks.Lock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of clients: those that are open, and for a while those that have ended.
 *
 * <p>Thread-safe.
 */
public class ClientTransactions {

  private static final Logger LOG = Logger.getLogger(ClientTransactions.class);

  /** Between two looks whether a transaction shall end while a client waits for messages. */
  private static final Duration SLICE = Duration.ofMillis(250);

  private static final Duration SWEEP = Duration.ofMillis(200);
  private static final long SWEEPS_TO_EXPIRE = 50;
  private static final Duration LONGEST_STOP = Duration.ofMinutes(1);

  /** No client's transaction lives longer, however often its lease is extended. */
  static final Duration LONGEST = Duration.ofDays(1);

  private final ClientLimits limits;
  private final Recovery recovery;
  private final Clock clock;
  private final Map<String, ClientTransaction> transactions = new ConcurrentSkipListMap<>();
  private final Set<ClientTransaction> open = ConcurrentHashMap.newKeySet();
  private final Deque<ClientTransaction> ended = new LinkedBlockingDeque<>();
  private final BeginGate beginGate = new BeginGate();
  private final ClientUnits units;
  private final DecisionLog log;
  private final ClientLog clientLog;
  private final PastTransactions past;
  private final NodeIdentity identity;
  private final Repeating sweeper;
  private long sweeps;

  /** None is open yet. Looks after leases from now on. */
  public ClientTransactions(
      ClientLimits limits,
      Protocols protocols,
      Participants participants,
      Recovery recovery,
      Clock clock) {
    this.limits = limits;
    this.recovery = recovery;
    this.clock = clock;
    this.log = recovery.node().log();
    this.clientLog = recovery.node().clients();
    this.identity = recovery.node().identity();
    this.units = new ClientUnits(participants, protocols, limits);
    this.past =
        new PastTransactions(
            recovery.node(), limits.isLocalCommit() ? recovery.node().markers() : null, clock);
    this.sweeper = Repeating.start("transaction-leases", SWEEP, SWEEP, this::sweep);
  }

  /**
   * The transaction of an id, or of a name that a client chose; empty where nothing is known of it.
   *
   * @throws ClientTransactionException it is another node's
   */
  public Optional<ClientTransaction> find(String id) {
    Optional<ClientTransaction> found = Optional.ofNullable(transactions.get(id));
    found.ifPresent(transaction -> transaction.refresh(log));
    found.ifPresent(transaction -> transaction.learn(() -> past.marked(id)));
    return found.isPresent() ? found : past.find(id);
  }

  /**
   * Makes the name that a client chose for a distributed transaction durable; without one there is
   * nothing to do.
   */
  public void keepName(ClientTransaction transaction) throws UnconfirmedWriteException {
    TransactionId id = transaction.logged().orElse(null);
    if (id != null && !id.toString().equals(transaction.id())) {
      clientLog.name(transaction.id(), id);
    }
  }

  /** All transactions that are known, in the order of their ids. */
  public Collection<ClientTransaction> all() {
    return transactions.values();
  }

  /** The lease that a call without one gets. */
  public Duration lease() {
    return limits.lease();
  }

  /** The longest lease that a call may ask for. */
  public Duration longestLease() {
    return limits.longestLease();
  }

  /** The transactions of clients that have not ended. */
  public List<ClientTransaction> unsettled() {
    return open.stream().filter(known -> known.isClients() && known.ended() == null).toList();
  }

  /**
   * Lets no transaction begin any more; those that are open go on. Every one that was begun is
   * among {@link #unsettled()} when this returns.
   */
  public void stopIntake() {
    beginGate.close();
  }

  /** Lets transactions begin again. */
  public void allowIntake() {
    beginGate.open();
  }

  /**
   * Begins a distributed transaction.
   *
   * @throws RefusedException none may begin now
   */
  public ClientTransaction beginTwoPhase(
      @Nullable String chosenId, Duration lease, Settlement settlement) throws Exception {
    return begin(chosenId, lease, settlement, units::twoPhaseCommit);
  }

  /** Opens the unit of a transaction. */
  @FunctionalInterface
  public interface Opening {
    UnitOfWork open() throws Exception;
  }

  /** Begins work of a delivery, whose unit it opens itself. */
  public ClientTransaction begin(
      @Nullable String chosenId, Duration lease, Settlement settlement, Opening opening)
      throws Exception {
    requireNew(chosenId);
    Lock entered = beginGate.enter();
    try {
      requireRoom();
      UnitOfWork work = opening.open();
      TransactionId own = work.id().orElseGet(identity::nextTransaction);
      String id = chosenId == null ? own.toString() : chosenId;
      return addNew(new ClientTransaction(id, work, expiry(lease), settlement, clock));
    } catch (Marker.NameTakenException e) {
      requireNew(chosenId); // begun by another call meanwhile
      throw new RefusedException(
          RefusedException.Reason.PARTICIPANT_UNAVAILABLE,
          "A transaction '%s' is being begun by another call; ask again.".formatted(chosenId),
          e);
    } finally {
      entered.unlock();
    }
  }

  private void requireNew(@Nullable String chosenId) {
    Optional<ClientTransaction> known = chosenId == null ? Optional.empty() : find(chosenId);
    if (known.isPresent()) {
      throw ClientTransactionException.alreadyBegun(known.get());
    }
  }

  /** Of two calls that begin a transaction of the same name, one begins it. */
  private ClientTransaction addNew(ClientTransaction transaction) {
    ClientTransaction first = transactions.putIfAbsent(transaction.id(), transaction);
    if (first != null) {
      transaction.rollback();
      throw ClientTransactionException.alreadyBegun(first);
    }
    transaction.begunBy(limits.caller());
    open.add(transaction);
    return transaction;
  }

  /**
   * Begins work that is settled by local commits, one after the other.
   *
   * @param onlyDatabase the one database that may be used; null for the one that is used first
   */
  public ClientTransaction beginLocal(
      @Nullable String chosenId,
      @Nullable String onlyDatabase,
      Duration lease,
      Settlement settlement)
      throws Exception {
    return begin(chosenId, lease, settlement, () -> units.local(onlyDatabase));
  }

  /**
   * Begins work of a delivery whose decision is the local commit of a database.
   *
   * @param delivery its name
   */
  public ClientTransaction beginLocalCommit(
      @Nullable String chosenId,
      String database,
      String delivery,
      Duration lease,
      Settlement settlement)
      throws Exception {
    return begin(chosenId, lease, settlement, () -> units.localCommit(database, delivery));
  }

  /** Begins a transaction that no delivery stands behind; its name is durable. */
  public ClientTransaction begin(@Nullable String chosenId, Duration lease) throws Exception {
    if (limits.isLocalCommit()) {
      return begin(chosenId, lease, new OfNoDelivery(), () -> units.localCommit(chosenId));
    }
    ClientTransaction transaction = beginTwoPhase(chosenId, lease, new OfNoDelivery());
    try {
      keepName(transaction);
      return transaction;
    } catch (UnconfirmedWriteException e) {
      discard(transaction);
      throw e;
    }
  }

  /** Takes messages inside a transaction; a commit or rollback that waits ends the waiting. */
  public List<Message> receive(ClientTransaction transaction, Source source, int max, Duration wait)
      throws Exception {
    List<Message> received = new ArrayList<>();
    waitInside(
        transaction,
        wait,
        (work, slice) -> {
          work.messages().consume(source);
          received.addAll(work.messages().receive(max, slice));
          transaction.received(received);
          return !received.isEmpty();
        });
    return received;
  }

  /** One short look for what a client waits for; true ends the waiting. */
  @FunctionalInterface
  public interface Look {
    boolean within(UnitOfWork work, Duration slice) throws Exception;
  }

  /**
   * Looks again and again, for a short while each time, so that a call which ends the transaction
   * gets its turn.
   *
   * @param wait after this a last look was the last
   */
  public void waitInside(ClientTransaction transaction, Duration wait, Look look) throws Exception {
    Deadline deadline = Deadline.after(wait);
    boolean isOver = false;
    while (!isOver) {
      Duration left = deadline.left();
      Duration slice = left.compareTo(SLICE) < 0 ? left : SLICE;
      isOver =
          transaction.call(work -> look.within(work, slice))
              || deadline.left().isZero()
              || transaction.isEndWanted();
    }
  }

  private void moveEnded() {
    for (ClientTransaction transaction : open) {
      if (transaction.ended() != null && open.remove(transaction)) {
        ended.add(transaction);
      }
    }
  }

  /** Lets a handler call back into a transaction that a delivery settles. */
  public ClientTransaction lend(UnitOfWork work) {
    String id = work.id().orElseThrow().toString();
    ClientTransaction lent =
        new ClientTransaction(id, work, expiry(LONGEST), Settlement.LENT, clock);
    open.add(lent);
    transactions.put(lent.id(), lent);
    return lent;
  }

  /** Takes a lent transaction back; waits for a call on it, and lets no other begin. */
  public void withdraw(ClientTransaction lent) {
    transactions.remove(lent.id());
    lent.withdraw();
    open.remove(lent);
  }

  /** Forgets a transaction that nothing was done in. */
  public void discard(ClientTransaction transaction) {
    transaction.rollback();
    open.remove(transaction);
    transactions.remove(transaction.id());
  }

  /** Of a transaction that no delivery stands behind: recovery ends what it has left behind. */
  private final class OfNoDelivery implements Settlement {

    @Override
    public void ended(ClientTransaction transaction, Outcome outcome) {
      if (mayHaveLeftBranches(outcome)) {
        recovery.scanSoon();
      }
    }
  }

  /** Whether a transaction that ended so may have branches that are still prepared. */
  public static boolean mayHaveLeftBranches(Outcome outcome) {
    if (outcome instanceof Outcome.RolledBack rolledBack) {
      Throwable cause = rolledBack.cause();
      return !(cause instanceof ClientTransactionException ended
          && ended.reason() != ClientTransactionException.Reason.RESTARTED);
    }
    return !(outcome instanceof Outcome.Committed);
  }

  private Instant expiry(Duration lease) {
    return clock.instant().plus(lease);
  }

  private void requireRoom() throws RefusedException {
    if (limits.isFull(open)) {
      moveEnded();
    }
    limits.requireRoom(open);
  }

  private void sweep() {
    for (ClientTransaction transaction : open) {
      if (transaction.isExpiryDue()) {
        Threads.start("transaction-expiry", () -> expire(transaction));
      }
    }
    moveEnded();
    if (++sweeps % SWEEPS_TO_EXPIRE == 0) {
      clientLog.expire();
    }
    Instant forgotten = clock.instant().minus(limits.keepOutcomes());
    ClientTransaction oldest = ended.peek();
    while (oldest != null
        && (oldest.endedBefore(forgotten) || ended.size() > limits.mostOutcomes())) {
      ended.remove();
      transactions.remove(oldest.id(), oldest);
      oldest = ended.peek();
    }
  }

  /** On a thread of its own: a participant that does not answer holds up no other transaction. */
  private void expire(ClientTransaction transaction) {
    try {
      transaction.expire();
    } catch (RuntimeException e) {
      LOG.warnf(e, "expired transaction not rolled back gtrid=%s: trying again", transaction.id());
    }
  }

  /**
   * Rolls back what is open, all at the same time; clients are told so if they ask again. Returns
   * when that is done, or after a minute.
   */
  public void close() {
    sweeper.close();
    List<Runnable> rollbacks = new ArrayList<>();
    for (ClientTransaction transaction : open) {
      if (transaction.isClients()) {
        rollbacks.add(() -> endAtStop(transaction));
      }
    }
    try {
      Threads.runAll("transaction-stop", rollbacks, LONGEST_STOP);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void endAtStop(ClientTransaction transaction) {
    try {
      transaction.rollback();
    } catch (RuntimeException e) {
      LOG.warnf(
          e,
          "transaction not ended at the stop gtrid=%s: recovery of the next start ends it",
          transaction.id());
    }
  }
}
