package io.handfast.remote;

import io.handfast.participant.InertXaResource;
import io.handfast.participant.XaFailures;
import io.handfast.remote.RemoteClient.Confirmation;
import java.io.IOException;
import java.util.function.Supplier;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;

/**
 * A remote service as an XA resource.
 *
 * <p>The service's own work is begun and ended by its client, so that start and end do nothing.
 * Neither does rollback: who must be told is in the decision log, and the reader of that there does
 * so soon. Used by one thread at a time.
 */
public final class RemoteXaResource extends InertXaResource {

  /** Learns what has become of the branch. */
  public interface Listener {

    /** The service need not be told anything more. */
    void settled();

    /** The service has not committed as it was told, but decided on its own. */
    void heuristic();
  }

  private final RemoteClient client;
  private final Supplier<RemoteAddress> address;
  private final Listener listener;

  /**
   * A resource for one branch.
   *
   * @param address asked for with each call, since the service may move
   */
  public RemoteXaResource(RemoteClient client, Supplier<RemoteAddress> address, Listener listener) {
    this.client = client;
    this.address = address;
    this.listener = listener;
  }

  @Override
  public int prepare(Xid branch) throws XAException {
    RemoteClient.Vote vote;
    try {
      vote = client.prepare(address.get());
    } catch (IOException e) {
      throw coded(XAException.XAER_RMFAIL, e);
    }
    if (vote == RemoteClient.Vote.COMMIT) {
      return XA_OK;
    }
    listener.settled();
    if (vote == RemoteClient.Vote.READ_ONLY) {
      return XA_RDONLY;
    }
    throw coded(
        XAException.XA_RBROLLBACK, new IOException(address.get().name() + " voted to roll back"));
  }

  @Override
  public void commit(Xid branch, boolean onePhase) throws XAException {
    try {
      if (client.commit(address.get()) == Confirmation.HEURISTIC) {
        listener.heuristic();
        throw coded(
            XAException.XA_HEURMIX, new IOException(address.get().name() + " decided on its own"));
      }
      listener.settled();
    } catch (IOException e) {
      throw coded(XAException.XAER_RMFAIL, e);
    }
  }

  private static XAException coded(int code, IOException cause) {
    return XaFailures.of(code, cause.getMessage(), cause);
  }
}
