package io.handfast.database;

import io.handfast.participant.InertXaResource;
import io.handfast.participant.PlainXid;
import io.handfast.participant.XaFailures;
import java.sql.SQLException;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/** The branches of a session in memory; those that are prepared are the server's. */
final class MemoryBranches extends InertXaResource {

  private final MemorySession session;
  private final MemoryServer server;
  private @Nullable PlainXid current;

  MemoryBranches(MemorySession session, MemoryServer server) {
    this.session = session;
    this.server = server;
  }

  @Override
  public void start(Xid branch, int flags) throws XAException {
    call("start", () -> current = PlainXid.of(branch));
  }

  @Override
  public void end(Xid branch, int flags) throws XAException {
    requireCurrent(branch);
    call("end", () -> {});
  }

  @Override
  public int prepare(Xid branch) throws XAException {
    PlainXid prepared = requireCurrent(branch);
    call(
        "prepare",
        () -> {
          server.prepare(prepared, session.unit());
          leave();
        });
    return XA_OK;
  }

  @Override
  public void commit(Xid branch, boolean onePhase) throws XAException {
    if (onePhase) {
      requireCurrent(branch);
      call(
          "commit",
          () -> {
            server.commit(session.unit());
            leave();
          });
    } else {
      resolve("commit", branch, true);
    }
  }

  @Override
  public void rollback(Xid branch) throws XAException {
    if (PlainXid.of(branch).equals(current)) {
      call(
          "rollback",
          () -> {
            server.rollback(session.unit());
            leave();
          });
    } else {
      resolve("rollback", branch, false);
    }
  }

  private void resolve(String call, Xid branch, boolean isCommit) throws XAException {
    boolean[] isKnown = new boolean[1];
    call(call + " prepared", () -> isKnown[0] = server.resolve(PlainXid.of(branch), isCommit));
    if (!isKnown[0]) {
      throw XaFailures.of(XAException.XAER_NOTA, "the branch is not known", null);
    }
  }

  @Override
  public Xid[] recover(int flag) {
    return (flag & TMSTARTRSCAN) == 0 ? new Xid[0] : server.prepared().toArray(Xid[]::new);
  }

  private void leave() {
    current = null;
    session.beginUnit();
  }

  private PlainXid requireCurrent(Xid branch) throws XAException {
    if (current == null || !PlainXid.of(branch).equals(current)) {
      throw XaFailures.of(XAException.XAER_PROTO, "the session holds " + current, null);
    }
    return current;
  }

  private void call(String name, MemorySession.Work work) throws XAException {
    try {
      session.call(name, work);
    } catch (SQLException e) {
      int code = MemorySession.isLost(e) ? XAException.XAER_RMFAIL : XAException.XAER_RMERR;
      throw XaFailures.of(code, String.valueOf(e.getMessage()), e);
    }
  }
}
