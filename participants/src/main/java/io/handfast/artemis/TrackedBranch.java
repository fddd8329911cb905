package io.handfast.artemis;

import io.handfast.participant.ForwardingXaResource;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/**
 * The XA resource of a session, which knows whether one of its branches may still be open at the
 * broker.
 *
 * <p>A session that is closed in order leaves a branch that was neither prepared nor ended to the
 * broker's time-out, with the messages it has acknowledged: five minutes, or as long as a client's
 * transaction may last (Artemis 2.53 to 2.56, {@code ServerSessionImpl.doClose}). Nothing delivers
 * them meanwhile. The connection of such a session has to be lost instead, which undoes the branch.
 */
final class TrackedBranch extends ForwardingXaResource<XAResource> {

  private volatile boolean isOpen;

  TrackedBranch(XAResource resource) {
    super(resource);
  }

  /** Whether a branch was begun of which the broker has not confirmed what became of it. */
  boolean isOpen() {
    return isOpen;
  }

  @Override
  public void start(Xid branch, int flags) throws XAException {
    isOpen = true; // also where no answer comes
    super.start(branch, flags);
  }

  @Override
  public int prepare(Xid branch) throws XAException {
    int vote = super.prepare(branch);
    isOpen = false; // it survives the connection, and recovery finds it
    return vote;
  }

  @Override
  public void commit(Xid branch, boolean onePhase) throws XAException {
    super.commit(branch, onePhase);
    isOpen = false;
  }

  @Override
  public void rollback(Xid branch) throws XAException {
    super.rollback(branch);
    isOpen = false;
  }
}
