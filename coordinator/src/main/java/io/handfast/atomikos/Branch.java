package io.handfast.atomikos;

import io.handfast.participant.NamedXaResource;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/** A branch as Atomikos sees it: asked alone, it answers with the others, see {@link Branches}. */
final class Branch implements XAResource {

  private final Branches branches;
  private final NamedXaResource resource;
  private @Nullable Xid id;
  private int vote = XA_RDONLY;

  Branch(Branches branches, NamedXaResource resource) {
    this.branches = branches;
    this.resource = resource;
  }

  NamedXaResource resource() {
    return resource;
  }

  /** Whether it has voted to commit, and so must be. */
  boolean isToBeCommitted() {
    return vote != XA_RDONLY;
  }

  int prepareNow() throws XAException {
    return resource.prepare(id);
  }

  void commitNow() throws XAException {
    resource.commit(id, false);
  }

  @Override
  public void start(Xid branch, int flags) throws XAException {
    id = branch;
    resource.start(branch, flags);
  }

  @Override
  public void end(Xid branch, int flags) throws XAException {
    resource.end(branch, flags);
  }

  @Override
  public int prepare(Xid branch) throws XAException {
    vote = branches.prepare(this);
    return vote;
  }

  @Override
  public void commit(Xid branch, boolean onePhase) throws XAException {
    if (onePhase) {
      resource.commit(branch, true);
    } else {
      branches.commit(this);
    }
  }

  @Override
  public void rollback(Xid branch) throws XAException {
    branches.awaitVote(this);
    resource.rollback(branch);
  }

  @Override
  public void forget(Xid branch) throws XAException {
    resource.forget(branch);
  }

  @Override
  public Xid[] recover(int flag) throws XAException {
    return resource.recover(flag);
  }

  @Override
  public boolean isSameRM(XAResource other) {
    return other instanceof Branch branch && resource.isSameRM(branch.resource);
  }

  @Override
  public int getTransactionTimeout() throws XAException {
    return resource.getTransactionTimeout();
  }

  @Override
  public boolean setTransactionTimeout(int seconds) {
    return resource.setTransactionTimeout(seconds);
  }

  @Override
  public String toString() {
    return resource.toString();
  }
}
