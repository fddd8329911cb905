package io.handfast.commit;

import io.handfast.participant.InertXaResource;
import io.handfast.transaction.Trace;
import java.util.HashMap;
import java.util.Map;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;

/** A resource manager that remembers what it was asked and answers as the test says. */
public final class FakeXaResource extends InertXaResource {

  private final String name;
  private final Trace trace;
  private final Map<String, Integer> codes = new HashMap<>();
  private int vote = XA_OK;
  private final Map<String, Runnable> before = new HashMap<>();
  private Runnable beforeEachCall = () -> {};

  public FakeXaResource(String name, Trace trace) {
    this.name = name;
    this.trace = trace;
  }

  public String name() {
    return name;
  }

  /** Makes a call fail with a code of {@link XAException}. */
  public FakeXaResource fails(String call, int code) {
    codes.put(call, code);
    return this;
  }

  /** Makes the resource vote that it has nothing to commit. */
  public FakeXaResource votesReadOnly() {
    vote = XA_RDONLY;
    return this;
  }

  /** Runs something before each call is traced, to see the world as it is at that moment. */
  public FakeXaResource beforeEachCall(Runnable look) {
    beforeEachCall = look;
    return this;
  }

  /** Runs something before a call is traced; what it throws the call throws. */
  public FakeXaResource before(String call, Runnable action) {
    before.put(call, action);
    return this;
  }

  @Override
  public void start(Xid branch, int flags) throws XAException {
    called("start");
  }

  @Override
  public void end(Xid branch, int flags) throws XAException {
    called("end");
  }

  @Override
  public int prepare(Xid branch) throws XAException {
    called("prepare");
    return vote;
  }

  @Override
  public void commit(Xid branch, boolean onePhase) throws XAException {
    called(onePhase ? "commit in one phase" : "commit");
  }

  @Override
  public void rollback(Xid branch) throws XAException {
    called("rollback");
  }

  @Override
  public void forget(Xid branch) throws XAException {
    called("forget");
  }

  private void called(String call) throws XAException {
    beforeEachCall.run();
    before.getOrDefault(call, () -> {}).run();
    trace.add(name + " " + call);
    Integer code = codes.get(call);
    if (code != null) {
      throw new XAException(code);
    }
  }
}
