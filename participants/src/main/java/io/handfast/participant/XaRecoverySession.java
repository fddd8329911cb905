package io.handfast.participant;

import java.util.Collection;
import java.util.List;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/** A recovery session on an XA resource that has a connection of its own. */
public final class XaRecoverySession implements RecoverySession {

  /** Asks a participant for its own lists. */
  @FunctionalInterface
  public interface Facts {

    /** As {@link RecoverySession#facts}, but free to fail. */
    List<BranchFact> of(Collection<Xid> branches) throws Exception;
  }

  private final XAResource resource;
  private final Scope scope;
  private final Facts facts;
  private final AutoCloseable connection;

  public XaRecoverySession(
      XAResource resource, Scope scope, Facts facts, AutoCloseable connection) {
    this.resource = resource;
    this.scope = scope;
    this.facts = facts;
    this.connection = connection;
  }

  @Override
  public List<Xid> preparedBranches() throws XAException {
    return List.of(resource.recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN));
  }

  @Override
  public Scope scope() {
    return scope;
  }

  @Override
  public List<BranchFact> facts(Collection<Xid> branches) {
    try {
      return facts.of(branches);
    } catch (Exception e) {
      return List.of(); // a user without the right to read them can still recover
    }
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
      connection.close();
    } catch (Exception e) {
      return; // a prepared branch outlives its connections
    }
  }
}
