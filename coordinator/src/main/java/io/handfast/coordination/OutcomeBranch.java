package io.handfast.coordination;

import io.handfast.participant.InertXaResource;
import javax.transaction.xa.Xid;

/**
 * A branch without work that always votes yes, so that the decision log knows the outcome of every
 * transaction.
 *
 * <p>With it a transaction has two branches even where a client used one participant, so that its
 * outcome is decided by the log and not by a one-phase commit whose reply may be lost.
 */
final class OutcomeBranch extends InertXaResource {

  @Override
  public int prepare(Xid branch) {
    return XA_OK;
  }

  @Override
  public void commit(Xid branch, boolean onePhase) {}
}
