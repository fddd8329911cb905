package io.handfast.commit;

import io.handfast.participant.NamedXaResource;
import io.handfast.transaction.TransactionId;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import java.time.Duration;

/**
 * The port to the engine of two-phase commit.
 *
 * <p>A transaction is bound to no thread: what one began another may commit.
 */
public interface Transactions {

  /**
   * Begins a transaction.
   *
   * @param timeout after this it can only be rolled back; at most a day
   */
  Transaction begin(Duration timeout) throws SystemException;

  /** Begins a transaction that a client may ask about later. */
  Transaction beginForClient(Duration timeout) throws SystemException;

  /**
   * One transaction, used by one thread at a time.
   *
   * <p>Until it is closed recovery leaves its branches and its decision alone.
   */
  interface Transaction extends AutoCloseable {

    TransactionId id();

    /** Starts a branch on a resource. */
    void enlist(NamedXaResource resource) throws SystemException, RollbackException;

    /** Ends every branch that was started. */
    void end() throws SystemException;

    /**
     * Prepares all branches, forces the decision, commits all branches and forgets.
     *
     * @throws RollbackException there may be no decision: only the log can tell
     * @throws HeuristicMixedException not every branch is known to have ended as it should; only
     *     the log can tell how that is
     * @throws HeuristicRollbackException decided, but the branches rolled back by themselves
     * @throws SystemException the engine failed and the decision is unknown
     */
    void commit()
        throws RollbackException,
            HeuristicMixedException,
            HeuristicRollbackException,
            SystemException;

    /** Rolls every branch back; one that cannot be reached is left to recovery. */
    void rollback();

    /** Hands what is left of it to recovery. Called when its outcome was read from the log. */
    @Override
    void close();

    /** Whether a single branch was enlisted, whose commit is then no decision of the log. */
    boolean isOnePhase();

    /** Whether a failed commit left branches that only wait for a participant to come back. */
    boolean isPending(HeuristicMixedException failure);
  }
}
