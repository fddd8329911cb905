package io.handfast.message;

import io.handfast.participant.InertXaResource;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;

/** The prepared branches of a broker in memory, which every session may end. */
class InMemoryBranches extends InertXaResource {

  private final InMemoryBroker broker;

  InMemoryBranches(InMemoryBroker broker) {
    this.broker = broker;
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
  public Xid[] recover(int flag) {
    return broker.prepared();
  }
}
