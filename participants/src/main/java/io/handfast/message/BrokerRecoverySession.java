package io.handfast.message;

import io.handfast.participant.RecoverySession;
import jakarta.jms.Connection;
import java.util.List;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/** The prepared branches of an Artemis broker, over its XA protocol. */
final class BrokerRecoverySession implements RecoverySession {

  private final Connection connection;
  private final XAResource resource;

  BrokerRecoverySession(Connection connection, XAResource resource) {
    this.connection = connection;
    this.resource = resource;
  }

  @Override
  public List<Xid> preparedBranches() throws XAException {
    return List.of(resource.recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN));
  }

  @Override
  public void commit(Xid branch) throws XAException {
    resource.commit(branch, false);
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
  public void close() {
    Broker.closeQuietly(connection);
  }
}
