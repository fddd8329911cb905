package io.handfast.database;

import io.handfast.participant.ForwardingXaResource;
import io.handfast.participant.UnpreparableException;
import io.handfast.participant.XaFailures;
import java.sql.SQLException;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/**
 * An XA resource that refuses to prepare failed work, and reports failed calls.
 *
 * <p>PostgreSQL answers PREPARE TRANSACTION in a failed transaction by rolling back, without an
 * error, and its driver (42.7.10) passes that on as a vote to commit.
 */
final class WatchedXaResource extends ForwardingXaResource<XAResource> {

  /** What the session wants to know and has to say. */
  interface Work {

    void begins();

    boolean isIntact();

    /** Whether the database would refuse to prepare the same work again. */
    boolean isUnpreparable(SQLException failure);

    void callFailed();
  }

  private final Work work;

  WatchedXaResource(XAResource resource, Work work) {
    super(resource);
    this.work = work;
  }

  @Override
  public void start(Xid branch, int flags) throws XAException {
    if (flags == TMNOFLAGS) {
      work.begins();
    }
    watch(() -> super.start(branch, flags));
  }

  @Override
  public void end(Xid branch, int flags) throws XAException {
    watch(() -> super.end(branch, flags));
  }

  @Override
  public int prepare(Xid branch) throws XAException {
    int[] vote = new int[1];
    watch(
        () -> {
          requireIntact(branch);
          vote[0] = prepareBranch(branch);
        });
    return vote[0];
  }

  private int prepareBranch(Xid branch) throws XAException {
    try {
      return super.prepare(branch);
    } catch (XAException e) {
      if (e.getCause() instanceof SQLException refusal && work.isUnpreparable(refusal)) {
        throw new UnpreparableException(String.valueOf(refusal.getMessage()), e);
      }
      throw e;
    }
  }

  @Override
  public void commit(Xid branch, boolean onePhase) throws XAException {
    watch(
        () -> {
          if (onePhase) {
            requireIntact(branch);
          }
          super.commit(branch, onePhase);
        });
  }

  @Override
  public void rollback(Xid branch) throws XAException {
    watch(() -> super.rollback(branch));
  }

  private void requireIntact(Xid branch) throws XAException {
    if (!work.isIntact()) {
      super.rollback(branch);
      throw XaFailures.of(XAException.XA_RBROLLBACK, "a part of the work has failed", null);
    }
  }

  private void watch(Call call) throws XAException {
    boolean done = false;
    try {
      call.run();
      done = true;
    } finally {
      if (!done) {
        work.callFailed();
      }
    }
  }

  @FunctionalInterface
  private interface Call {
    void run() throws XAException;
  }
}
