package io.handfast.participant;

import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/** An XA resource that does nothing; subclasses add single calls. */
public abstract class InertXaResource implements XAResource {

  @Override
  public void start(Xid branch, int flags) throws XAException {}

  @Override
  public void end(Xid branch, int flags) throws XAException {}

  @Override
  public void rollback(Xid branch) throws XAException {}

  @Override
  public void forget(Xid branch) throws XAException {}

  @Override
  public Xid[] recover(int flag) throws XAException {
    return new Xid[0];
  }

  @Override
  public boolean isSameRM(XAResource other) {
    return other == this;
  }

  @Override
  public int getTransactionTimeout() {
    return 0;
  }

  @Override
  public boolean setTransactionTimeout(int seconds) {
    return false;
  }
}
