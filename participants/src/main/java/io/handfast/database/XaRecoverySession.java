package io.handfast.database;

import io.handfast.participant.RecoverySession;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/** A recovery session on an XA resource with a connection of its own. */
final class XaRecoverySession implements RecoverySession {

  private final XAResource resource;
  private final XaLink.Closing closing;

  XaRecoverySession(XAResource resource, XaLink.Closing closing) {
    this.resource = resource;
    this.closing = closing;
  }

  @Override
  public List<Xid> preparedBranches() throws XAException {
    List<Xid> branches = new ArrayList<>();
    for (Xid branch : resource.recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN)) {
      branches.add(PlainXid.of(branch));
    }
    return branches;
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
    try {
      closing.close();
    } catch (SQLException e) {
      return; // a prepared branch outlives its connections
    }
  }
}
