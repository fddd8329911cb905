package io.handfast.participant;

import java.util.Collection;
import java.util.List;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;

/**
 * A connection to one participant that lists its prepared branches and resolves them.
 *
 * <p>Used by one thread. A method that throws leaves the branch as it was or unknown, never
 * resolved the other way; the caller asks again after a fresh {@link #preparedBranches()}.
 */
public interface RecoverySession extends AutoCloseable {

  /** Every prepared branch that the participant holds, foreign ones included. */
  List<Xid> preparedBranches() throws XAException;

  /**
   * What the participant's own lists tell beyond that, as far as its user may read them.
   *
   * <p>For people only: nothing is decided by it, and where it cannot be had it is left out.
   *
   * @param branches those listed before; things that are prepared and are no branches come on top
   */
  List<BranchFact> facts(Collection<Xid> branches);

  /** Commits a prepared branch. */
  void commit(Xid branch) throws XAException;

  /** Rolls a prepared branch back. */
  void rollback(Xid branch) throws XAException;

  /** Lets the participant forget a heuristically completed branch. */
  void forget(Xid branch) throws XAException;

  @Override
  void close();
}
