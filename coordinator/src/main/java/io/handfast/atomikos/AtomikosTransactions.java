package io.handfast.atomikos;

import com.atomikos.icatch.config.Configuration;
import com.atomikos.icatch.jta.TransactionManagerImp;
import io.handfast.commit.Transactions;
import io.handfast.concurrent.Threads;
import io.handfast.event.Events;
import io.handfast.log.FileDecisionLog;
import io.handfast.node.NodeIdentity;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.TransactionId;
import jakarta.transaction.NotSupportedException;
import jakarta.transaction.SystemException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Starts Atomikos once a process and begins its transactions. Thread-safe. */
public final class AtomikosTransactions implements Transactions, AutoCloseable {

  /** What the assembler needs and cannot be given, since a service loader makes it. */
  record Parts(NodeIdentity identity, AtomikosLog log, ThreadLocal<TransactionId> next) {}

  private static volatile Parts parts;

  private final Map<TransactionId, AtomikosTransaction> open = new ConcurrentHashMap<>();
  private final ActiveTransactions active;
  private final Events events;
  private final NodeIdentity identity;
  private final ThreadLocal<TransactionId> next = new ThreadLocal<>();
  private final TransactionManagerImp manager;

  /** Where branches are asked; as many as there are branches in a phase at the same time. */
  private final ExecutorService threads = Executors.newCachedThreadPool(Threads.named("branch"));

  /**
   * Starts the engine on a decision log, which is not closed with it.
   *
   * @param participants the names of all participants whose branches may be enlisted
   * @param events is told of decisions, and of each step of a branch
   * @throws IllegalStateException another assembler came first
   */
  public AtomikosTransactions(
      FileDecisionLog log,
      Collection<String> participants,
      ActiveTransactions active,
      Events events) {
    this.active = active;
    this.events = events;
    AtomikosLog written = new AtomikosLog(log, this::participantsOf, this::decided);
    this.identity = log.identity();
    parts = new Parts(identity, written, next);
    for (String participant : participants) {
      Configuration.addResource(new ParticipantResource(participant));
    }
    Configuration.init();
    if (Configuration.getRecoveryLog() != written) {
      Configuration.shutdown(true);
      throw new IllegalStateException(
          "Atomikos was not assembled by Handfast: another "
              + com.atomikos.icatch.provider.Assembler.class.getName()
              + " comes first on the class path");
    }
    this.manager = (TransactionManagerImp) TransactionManagerImp.getTransactionManager();
  }

  static Parts parts() {
    return parts;
  }

  @Override
  public Transaction begin(Duration timeout) throws SystemException {
    return begin(identity.nextTransaction(), timeout);
  }

  @Override
  public Transaction beginForClient(Duration timeout) throws SystemException {
    return begin(identity.nextTransactionOfClient(), timeout);
  }

  private Transaction begin(TransactionId id, Duration timeout) throws SystemException {
    try {
      next.set(id); // taken by the assembler's id manager, in this thread
      manager.begin(Math.toIntExact(timeout.toSeconds()));
      // Nothing is enlisted yet, so this only frees the thread.
      AtomikosTransaction transaction =
          new AtomikosTransaction(manager.suspend(), threads, events, this::ended);
      active.add(transaction.id());
      open.put(transaction.id(), transaction);
      return transaction;
    } catch (NotSupportedException e) {
      SystemException failure = new SystemException("the thread has a transaction already");
      failure.initCause(e);
      throw failure;
    }
  }

  private void ended(TransactionId id) {
    open.remove(id);
    active.remove(id);
  }

  private Map<String, String> participantsOf(TransactionId id) {
    AtomikosTransaction transaction = open.get(id);
    return transaction == null ? Map.of() : transaction.participants();
  }

  private void decided(TransactionId id) {
    AtomikosTransaction transaction = open.get(id);
    if (transaction != null) {
      transaction.decided();
    }
  }

  /** Stops the engine without waiting; what is not decided is rolled back by the next start. */
  @Override
  public void close() {
    Configuration.shutdown(true);
    threads.shutdown();
  }
}
