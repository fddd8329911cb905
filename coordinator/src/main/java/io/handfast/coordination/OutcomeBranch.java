package io.handfast.coordination;

import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/**
 * A branch without work that always votes yes.
 *
 * <p>With it a transaction has two branches even where a client used one participant, so that its
 * outcome is decided by the log and not by a one-phase commit whose reply may be lost.
 */
final class OutcomeBranch implements XAResource {

  @Override
  public void start(Xid branch, int flags) {}

  @Override
  public void end(Xid branch, int flags) {}

  @Override
  public int prepare(Xid branch) {
    return XA_OK;
  }

  @Override
  public void commit(Xid branch, boolean onePhase) {}

  @Override
  public void rollback(Xid branch) {}

  @Override
  public void forget(Xid branch) {}

  @Override
  public Xid[] recover(int flag) {
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
