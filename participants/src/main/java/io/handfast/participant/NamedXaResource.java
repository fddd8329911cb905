package io.handfast.participant;

import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/**
 * An {@link XAResource} that knows its participant's name and corrects the answers of drivers.
 *
 * <p>Transaction managers read more into an error code than it says. Four readings are corrected
 * here, at the only place that sees both the call and the answer (XA specification, section 3):
 *
 * <ul>
 *   <li>an {@code end} that failed is remembered, and {@code prepare} or a one-phase {@code commit}
 *       then rolls back;
 *   <li>a two-phase {@code commit} answered by anything but success or a true heuristic outcome
 *       ({@code RMERR}, {@code RMFAIL}, {@code NOTA}, {@code RETRY}, an {@code RB} code, a code of
 *       0) proves nothing: it becomes {@code XA_HEURHAZ}, "unknown, recovery must ask";
 *   <li>a {@code rollback} answered by {@code NOTA} or an {@code RB} code has nothing left to do;
 *   <li>an {@link Error} in {@code prepare} or {@code commit}, such as no memory, is a failure.
 *       Where participants are asked by threads of their own, Atomikos 6.0.0 takes it for a
 *       read-only vote, or for a commit that was confirmed ({@code PropagationMessage.submit}).
 * </ul>
 *
 * <p>Used by one thread at a time, like the resource it wraps; not always by the same one.
 */
public final class NamedXaResource extends ForwardingXaResource<XAResource> {

  private final String participant;
  private final String identity;
  private @Nullable Exception endFailure;
  private @Nullable Exception prepareFailure;

  /** A resource of a participant that has no identity to be told from others by. */
  public NamedXaResource(String participant, XAResource resource) {
    this(participant, "", resource);
  }

  /**
   * A resource on one connection to a participant.
   *
   * @param identity which participant the connection leads to, as {@link RecoverySession.Scope} has
   *     it; empty where that is not known
   */
  public NamedXaResource(String participant, String identity, XAResource resource) {
    super(resource);
    this.participant = participant;
    this.identity = identity;
  }

  /** The name of the participant that this resource belongs to. */
  public String participant() {
    return participant;
  }

  /** Which participant its connection leads to; empty where that is not known. */
  public String identity() {
    return identity;
  }

  @Override
  public void start(Xid branch, int flags) throws XAException {
    endFailure = null;
    prepareFailure = null;
    super.start(branch, flags);
  }

  @Override
  public void end(Xid branch, int flags) throws XAException {
    try {
      super.end(branch, flags);
    } catch (XAException | RuntimeException e) {
      endFailure = e;
      throw e;
    }
  }

  @Override
  public int prepare(Xid branch) throws XAException {
    if (endFailure != null) {
      XAException refused = notEnded(endFailure);
      prepareFailure = refused;
      throw refused;
    }
    try {
      return super.prepare(branch);
    } catch (XAException | RuntimeException e) {
      prepareFailure = e;
      throw e;
    } catch (Error e) {
      XAException failed = coded(XAException.XAER_RMERR, "prepare failed", e);
      prepareFailure = failed;
      throw failed;
    }
  }

  /** Why the branch could not be prepared, or null where it could or was not asked to. */
  public @Nullable Exception prepareFailure() {
    return prepareFailure;
  }

  @Override
  public void commit(Xid branch, boolean onePhase) throws XAException {
    if (onePhase && endFailure != null) {
      throw notEnded(endFailure);
    }
    try {
      super.commit(branch, onePhase);
    } catch (XAException e) {
      if (onePhase || isHeuristic(e.errorCode)) {
        throw e;
      }
      throw coded(XAException.XA_HEURHAZ, "commit answered " + XaFailures.code(e), e);
    } catch (RuntimeException | Error e) {
      throw coded(onePhase ? XAException.XAER_RMFAIL : XAException.XA_HEURHAZ, "commit failed", e);
    }
  }

  @Override
  public void rollback(Xid branch) throws XAException {
    try {
      super.rollback(branch);
    } catch (XAException e) {
      if (e.errorCode != XAException.XAER_NOTA && !isRollback(e.errorCode)) {
        throw e;
      }
    }
  }

  @Override
  public boolean isSameRM(XAResource other) {
    return other instanceof NamedXaResource named && named.participant.equals(participant);
  }

  /**
   * Sets nothing: a transaction manager calls this at each enlisting, and it would cost a round
   * trip to the broker each time. Who holds a branch open for long sets its time-out beforehand.
   */
  @Override
  public boolean setTransactionTimeout(int seconds) {
    return false;
  }

  @Override
  public String toString() {
    return participant;
  }

  private XAException notEnded(Exception cause) {
    return coded(XAException.XA_RBCOMMFAIL, "the branch could not be ended", cause);
  }

  private XAException coded(int code, String what, Throwable cause) {
    return XaFailures.of(code, participant + ": " + what, cause);
  }

  private static boolean isHeuristic(int code) {
    return code >= XAException.XA_HEURMIX && code <= XAException.XA_HEURHAZ;
  }

  private static boolean isRollback(int code) {
    return code >= XAException.XA_RBBASE && code <= XAException.XA_RBEND;
  }
}
