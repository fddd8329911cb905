package io.handfast.atomikos;

import static io.handfast.event.Event.BranchStep.Kind.COMMIT;
import static io.handfast.event.Event.BranchStep.Kind.PREPARE;
import static io.handfast.event.Event.BranchStep.Kind.ROLLBACK;

import io.handfast.participant.ForwardingXaResource;
import io.handfast.participant.NamedXaResource;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/**
 * A branch as Atomikos calls it; a call of one is answered together with the others, see {@link
 * Branches}.
 */
final class Branch extends ForwardingXaResource<NamedXaResource> {

  private final Branches branches;
  private @Nullable Xid id;
  private boolean isToBeCommitted;

  Branch(Branches branches, NamedXaResource resource) {
    super(resource);
    this.branches = branches;
  }

  /** Whether it has voted to commit, which one that is read-only or was not asked has not. */
  boolean isToBeCommitted() {
    return isToBeCommitted;
  }

  int prepareNow() throws XAException {
    return branches.told(this, PREPARE, () -> resource().prepare(id));
  }

  void commitNow() throws XAException {
    commitNow(false);
  }

  private void commitNow(boolean onePhase) throws XAException {
    branches.told(
        this,
        COMMIT,
        () -> {
          resource().commit(id, onePhase);
          return XA_OK;
        });
  }

  @Override
  public void start(Xid branch, int flags) throws XAException {
    id = branch;
    super.start(branch, flags);
  }

  @Override
  public int prepare(Xid branch) throws XAException {
    int vote = branches.prepare(this);
    isToBeCommitted = vote != XA_RDONLY;
    return vote;
  }

  @Override
  public void commit(Xid branch, boolean onePhase) throws XAException {
    if (onePhase) {
      commitNow(true);
    } else {
      branches.commit(this);
    }
  }

  @Override
  public void rollback(Xid branch) throws XAException {
    branches.awaitVote(this);
    branches.told(
        this,
        ROLLBACK,
        () -> {
          super.rollback(branch);
          return XA_OK;
        });
  }

  @Override
  public boolean isSameRM(XAResource other) {
    return other instanceof Branch branch && resource().isSameRM(branch.resource());
  }

  @Override
  public String toString() {
    return resource().toString();
  }
}
