package io.handfast.message;

import java.util.Arrays;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/** The prepared branches of a broker in memory, which every session may end. */
class InMemoryBranches implements XAResource {

  private final InMemoryBroker broker;

  InMemoryBranches(InMemoryBroker broker) {
    this.broker = broker;
  }

  static boolean areSame(Xid one, Xid other) {
    return one.getFormatId() == other.getFormatId()
        && Arrays.equals(one.getGlobalTransactionId(), other.getGlobalTransactionId())
        && Arrays.equals(one.getBranchQualifier(), other.getBranchQualifier());
  }

  @Override
  public void start(Xid branch, int flags) throws XAException {
    throw new XAException(XAException.XAER_PROTO);
  }

  @Override
  public void end(Xid branch, int flags) throws XAException {
    throw new XAException(XAException.XAER_PROTO);
  }

  @Override
  public int prepare(Xid branch) throws XAException {
    throw new XAException(XAException.XAER_PROTO);
  }

  @Override
  public void commit(Xid branch, boolean isOnePhase) throws XAException {
    broker.end(branch, true);
  }

  @Override
  public void rollback(Xid branch) throws XAException {
    broker.end(branch, false);
  }

  @Override
  public void forget(Xid branch) throws XAException {
    throw new XAException(XAException.XAER_NOTA);
  }

  @Override
  public Xid[] recover(int flag) throws XAException {
    return broker.prepared();
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
