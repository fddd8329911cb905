package io.handfast.commit;

import io.handfast.commit.Transactions.Transaction;
import io.handfast.log.DecisionLog;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.Outcome.Committed;
import io.handfast.transaction.Outcome.Decided;
import io.handfast.transaction.Outcome.Heuristic;
import io.handfast.transaction.Outcome.InDoubt;
import io.handfast.transaction.Outcome.Nothing;
import io.handfast.transaction.Outcome.RolledBack;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import java.time.Duration;

/**
 * One unit of work in which messages and rows take effect together, or not at all.
 *
 * <p>Two-phase commit with presumed abort (X/Open XA, section 2.3; Mohan, Lindsay and Obermarck
 * 1986): prepare every branch, force one decision, commit every branch, forget. A crash before the
 * decision rolls everything back, a crash after it commits everything; {@code recovery} does
 * either.
 */
public final class TwoPhaseCommit {

  /** A unit of work that takes longer is rolled back. */
  public static final Duration LONGEST_UNIT = Duration.ofMinutes(5);

  private final Transactions transactions;
  private final DecisionLog log;

  public TwoPhaseCommit(Transactions transactions, DecisionLog log) {
    this.transactions = transactions;
    this.log = log;
  }

  /** Runs one unit of work to its outcome; throws nothing that leaves a branch behind. */
  public Outcome run(UnitOfWork unit) {
    Transaction transaction;
    try {
      transaction = transactions.begin(LONGEST_UNIT);
    } catch (SystemException e) {
      return new RolledBack(e);
    }
    boolean isReady = false;
    try {
      unit.begun(transaction.id());
      transaction.enlist(unit.messages()); //           start the broker branch
      if (!unit.receive()) { //                         receive
        return new Nothing();
      }
      if (unit.database().isPresent()) { //              only now: nothing received needs no branch
        transaction.enlist(unit.database().get()); //   start the database branch
      }
      unit.apply(); //                                  apply
      transaction.end(); //                             end both
      isReady = true;
    } catch (Exception e) {
      return new RolledBack(e);
    } finally {
      if (!isReady) {
        try (transaction) { // closed in any case: what stays in hand recovery never touches
          transaction.rollback();
        }
      }
    }
    return settle(transaction); //                      prepare both, decide, commit both, forget
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
