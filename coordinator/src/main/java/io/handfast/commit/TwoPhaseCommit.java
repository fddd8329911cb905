package io.handfast.commit;

import io.handfast.commit.Transactions.Transaction;
import io.handfast.database.DatabaseSession;
import io.handfast.event.Event.ClientTransactionBegun;
import io.handfast.event.Event.ClientTransactionEnded;
import io.handfast.event.Events;
import io.handfast.log.DecisionLog;
import io.handfast.message.SourceSession;
import io.handfast.participant.NamedXaResource;
import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.transaction.ErrorText;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.Outcome.Committed;
import io.handfast.transaction.Outcome.Decided;
import io.handfast.transaction.Outcome.Heuristic;
import io.handfast.transaction.Outcome.InDoubt;
import io.handfast.transaction.Outcome.RolledBack;
import io.handfast.transaction.TransactionId;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Begins units of work whose messages and rows are committed together, or not at all.
 *
 * <p>Two-phase commit with presumed abort (X/Open XA, section 2.3; Mohan, Lindsay and Obermarck
 * 1986): prepare every branch, force one decision, commit every branch, forget. A crash before the
 * decision rolls everything back, a crash after it commits everything; {@code recovery} does
 * either.
 */
public final class TwoPhaseCommit {

  /** A consumer's unit that takes longer is rolled back. */
  public static final Duration LONGEST_UNIT = Duration.ofMinutes(5);

  /** Sees that this node holds its name at participants, by which it finds its branches again. */
  @FunctionalInterface
  public interface NodeName {

    /** Requires it, with a failure that says where it is not so. */
    void requireHeld(Collection<String> participants) throws ParticipantUnavailableException;
  }

  private final Transactions transactions;
  private final DecisionLog log;
  private final NodeName nodeName;
  private final Events events;

  public TwoPhaseCommit(
      Transactions transactions, DecisionLog log, NodeName nodeName, Events events) {
    this.transactions = transactions;
    this.log = log;
    this.nodeName = nodeName;
    this.events = events;
  }

  /** Begins a unit on sessions that were opened for XA. */
  public UnitOfWork begin(Sessions sessions) throws SystemException {
    return new Unit(sessions, transactions.begin(LONGEST_UNIT));
  }

  /**
   * Begins a unit whose outcome a client may ask for later.
   *
   * @param longest after this it can only be rolled back; at most a day
   * @param outcome a branch without work: with a second branch even a single participant's outcome
   *     is decided by the log, and not by a one-phase commit whose reply may be lost
   */
  public UnitOfWork beginForClient(Sessions sessions, Duration longest, NamedXaResource outcome)
      throws SystemException, RollbackException {
    Unit unit = new Unit(sessions, transactions.beginForClient(longest));
    events.publish(new ClientTransactionBegun(unit.transaction.id()));
    boolean isBegun = false;
    try {
      unit.transaction.enlist(outcome);
      isBegun = true;
      return unit;
    } finally {
      if (!isBegun) {
        unit.rollback();
      }
    }
  }

  /** One transaction; a session takes part, with a branch of its own, once it is asked for. */
  private final class Unit implements UnitOfWork {

    private final Sessions sessions;
    private final Transaction transaction;
    private final List<String> enlisted = new ArrayList<>();
    private final List<String> names = new CopyOnWriteArrayList<>();

    Unit(Sessions sessions, Transaction transaction) {
      this.sessions = sessions;
      this.transaction = transaction;
    }

    @Override
    public Optional<TransactionId> id() {
      return Optional.of(transaction.id());
    }

    @Override
    public SourceSession messages() throws Exception {
      SourceSession session = sessions.messages();
      takesPart(session.xaResource(), sessions::dropMessages);
      return session;
    }

    @Override
    public DatabaseSession database(String name) throws Exception {
      DatabaseSession session = sessions.database(name);
      takesPart(session.xaResource(), () -> sessions.dropDatabase(name));
      return session;
    }

    private void takesPart(NamedXaResource resource, Runnable onFailure) throws Exception {
      String participant = resource.participant();
      if (enlisted.contains(participant)) {
        return;
      }
      boolean isStarted = false;
      try {
        nodeName.requireHeld(List.of(participant));
        enlist(resource, participant);
        enlisted.add(participant);
        isStarted = true;
      } catch (SystemException | RollbackException e) {
        // A connection that is lost while its branch is begun says so in JTA's words.
        throw new ParticipantUnavailableException(participant + ": " + ErrorText.readable(e), e);
      } finally {
        if (!isStarted) {
          onFailure.run();
        }
      }
    }

    @Override
    public void enlist(NamedXaResource resource, String name)
        throws SystemException, RollbackException {
      transaction.enlist(resource);
      names.add(name);
    }

    @Override
    public List<String> participants() {
      return names;
    }

    @Override
    public boolean received() {
      return false; // the acknowledgement is a part of the transaction
    }

    @Override
    public Outcome commit() {
      try {
        nodeName.requireHeld(enlisted); //           a unit may have taken its time
        transaction.end(); //                        end every branch
      } catch (Exception e) {
        rollback();
        return new RolledBack(e);
      }
      Outcome outcome = settle(transaction); //      prepare all, decide, commit all, forget
      ended(outcome);
      return outcome;
    }

    @Override
    public void rollback() {
      try (transaction) { // closed in any case: what stays open recovery never touches
        transaction.rollback();
      } finally {
        ended(new RolledBack(new RollbackException("rolled back as asked, or its time was up")));
      }
    }

    private void ended(Outcome outcome) {
      if (transaction.id().isOfClient()) {
        events.publish(new ClientTransactionEnded(transaction.id(), outcome));
      }
    }

    @Override
    public void close() {
      sessions.close();
    }
  }

  /** The second half by itself: prepare all, decide, commit all, forget. */
  public Outcome settle(Transaction transaction) {
    try (transaction) { // closed after the log was asked: until then recovery must not touch it
      return commit(transaction);
    }
  }

  private Outcome commit(Transaction transaction) {
    try {
      transaction.commit();
      return new Committed();
    } catch (RollbackException e) { // a vote was no, or the decision could not be written:
      return asLogged(transaction, e); // only the log can tell
    } catch (HeuristicMixedException e) { // a branch is unreachable, or one disobeyed
      return transaction.isPending(e) ? asLogged(transaction, e) : new Heuristic(e);
    } catch (HeuristicRollbackException e) { // every branch disobeyed
      return new Heuristic(e);
    } catch (SystemException | RuntimeException e) { // the engine failed half-way
      return asLogged(transaction, e);
    }
  }

  private Outcome asLogged(Transaction transaction, Exception cause) {
    if (transaction.isOnePhase()) { // the log was not asked: its only branch knows
      return cause instanceof RollbackException ? new RolledBack(cause) : new InDoubt(cause);
    }
    return switch (log.decisionOf(transaction.id())) {
      case COMMIT -> new Decided(cause);
      case NONE -> new RolledBack(cause);
      case UNKNOWN -> new InDoubt(cause);
    };
  }
}
