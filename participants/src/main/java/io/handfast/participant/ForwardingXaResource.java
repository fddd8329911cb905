package io.handfast.participant;

import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/**
 * Forwards each XA call to another resource; subclasses change single calls.
 *
 * @param <R> the other's type
 */
public abstract class ForwardingXaResource<R extends XAResource> implements XAResource {

  private final R resource;

  protected ForwardingXaResource(R resource) {
    this.resource = resource;
  }

  /** The resource that calls are passed on to. */
  public final R resource() {
    return resource;
  }

  @Override
  public void start(Xid branch, int flags) throws XAException {
    resource.start(branch, flags);
  }

  @Override
  public void end(Xid branch, int flags) throws XAException {
    resource.end(branch, flags);
  }

  @Override
  public int prepare(Xid branch) throws XAException {
    return resource.prepare(branch);
  }

  @Override
  public void commit(Xid branch, boolean onePhase) throws XAException {
    resource.commit(branch, onePhase);
  }

  @Override
  public void rollback(Xid branch) throws XAException {
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
  public boolean isSameRM(XAResource other) throws XAException {
    return resource.isSameRM(other);
  }

  @Override
  public int getTransactionTimeout() throws XAException {
    return resource.getTransactionTimeout();
  }

  @Override
  public boolean setTransactionTimeout(int seconds) throws XAException {
    return resource.setTransactionTimeout(seconds);
  }
}
