package io.handfast.recovery;

import io.handfast.participant.BranchFact;
import io.handfast.participant.Fence;
import io.handfast.participant.NodeNameTakenException;
import io.handfast.participant.Participant;
import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.participant.RecoverySession;
import io.handfast.participant.RecoverySession.Scope;
import io.handfast.transaction.FakeXid;
import io.handfast.transaction.Trace;
import io.handfast.transaction.TransactionId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;

/** A participant whose prepared branches are a list. */
public final class FakeParticipant implements Participant {

  /** The identity of each. */
  public static final String IDENTITY = "the first";

  private final String name;
  private final Trace trace;
  private final List<Xid> branches = new ArrayList<>();
  private final Map<Xid, Exception> failures = new HashMap<>();
  private final List<BranchFact> facts = new ArrayList<>();
  private volatile boolean isAway;
  private boolean cannotList;
  private Scope scope = new Scope(IDENTITY, "");
  private volatile boolean isNameTaken;
  private volatile boolean isFenceLost;
  private final CountDownLatch answering = new CountDownLatch(1);
  private volatile boolean isSilent;

  public FakeParticipant(String name, Trace trace) {
    this.name = name;
    this.trace = trace;
  }

  public FakeParticipant holds(TransactionId... ids) {
    Arrays.stream(ids).forEach(id -> branches.add(FakeXid.of(id, name)));
    return this;
  }

  public FakeParticipant holds(Xid branch) {
    branches.add(branch);
    return this;
  }

  /** Makes resolving the branch of a transaction fail; null lets it work again. */
  public FakeParticipant failsFor(TransactionId id, Exception with) {
    failures.put(FakeXid.of(id, name), with);
    return this;
  }

  public FakeParticipant tells(BranchFact fact) {
    facts.add(fact);
    return this;
  }

  public FakeParticipant away(boolean away) {
    isAway = away;
    return this;
  }

  /** Says whose branches it lists, and which it does not. */
  public FakeParticipant covers(Scope covered) {
    scope = covered;
    return this;
  }

  public FakeParticipant cannotList() {
    cannotList = true;
    return this;
  }

  /** Whether the name is kept for another coordinator. */
  public FakeParticipant nameTaken(boolean taken) {
    isNameTaken = taken;
    return this;
  }

  /** Ends the connection that holds the name. */
  public FakeParticipant losesFence() {
    isFenceLost = true;
    return this;
  }

  /** Lets a claim wait until {@link #answers()}. */
  public FakeParticipant answersNothing() {
    isSilent = true;
    return this;
  }

  void answers() {
    answering.countDown();
  }

  public List<Xid> branches() {
    return List.copyOf(branches);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public RecoverySession openForRecovery() throws ParticipantUnavailableException {
    if (isAway) {
      throw new ParticipantUnavailableException(name + " is away", new Exception());
    }
    trace.add("open " + name);
    return new Session();
  }

  @Override
  public Fence claim(String node) throws ParticipantUnavailableException {
    try {
      if (isSilent) {
        answering.await();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    if (isAway) {
      throw new ParticipantUnavailableException(name + " is away", new Exception());
    }
    if (isNameTaken) {
      trace.add("refuse " + node + " at " + name);
      throw new NodeNameTakenException(node, name, "from elsewhere");
    }
    trace.add("claim " + node + " at " + name);
    isFenceLost = false;
    return new Held();
  }

  private final class Held implements Fence {

    @Override
    public boolean isHeld() {
      return !isFenceLost;
    }

    @Override
    public void close() {
      trace.add("release " + name);
    }
  }

  private final class Session implements RecoverySession {

    @Override
    public List<Xid> preparedBranches() throws XAException {
      if (cannotList) {
        throw new XAException(XAException.XAER_RMFAIL);
      }
      return List.copyOf(branches);
    }

    @Override
    public Scope scope() {
      return scope;
    }

    @Override
    public List<BranchFact> facts(Collection<Xid> branches) {
      return List.copyOf(facts);
    }

    @Override
    public void commit(Xid branch) throws XAException {
      resolve("commit", branch);
    }

    @Override
    public void rollback(Xid branch) throws XAException {
      resolve("roll back", branch);
    }

    @Override
    public void forget(Xid branch) {
      trace.add(name + ": forget " + branch);
    }

    @Override
    public void close() {
      trace.add("close " + name);
    }

    private void resolve(String how, Xid branch) throws XAException {
      trace.add(name + ": " + how + " " + branch);
      Exception failure = failures.get(branch);
      if (failure instanceof XAException xa) {
        throw xa;
      }
      if (failure instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      branches.remove(branch);
    }
  }
}
