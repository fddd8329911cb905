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

  /** Every prepared branch that the participant lists, foreign ones included. */
  List<Xid> preparedBranches() throws XAException;

  /** Whose branches that list has, and whether it has all of them. */
  Scope scope();

  /**
   * What a list of prepared branches covers.
   *
   * @param identity what the participant has stored to tell itself from every other, such as the
   *     ids of a server and of its database; empty where that is not known
   * @param gap why branches may be missing from the list; empty where none can be
   */
  record Scope(String identity, String gap) {

    /** Whether a branch that is not listed has ended, if it was prepared at this identity. */
    public boolean isProofFor(String preparedAt) {
      return gap.isEmpty() && !identity.isEmpty() && identity.equals(preparedAt);
    }
  }

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
