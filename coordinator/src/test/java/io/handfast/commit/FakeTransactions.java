package io.handfast.commit;

import io.handfast.participant.NamedXaResource;
import io.handfast.transaction.Trace;
import io.handfast.transaction.TransactionId;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An engine that commits nothing, and fails at the step that the test says. */
final class FakeTransactions implements Transactions {

  static final TransactionId ID = new TransactionId("n1", "0a1b2c3d", 1, 1);

  private final Trace trace;
  private @Nullable String failingStep;
  private @Nullable Exception failure;
  private boolean isOnePhase;
  private boolean isPending;

  FakeTransactions(Trace trace) {
    this.trace = trace;
  }

  /** Makes one step fail: {@code begin}, {@code start broker}, {@code end}, {@code commit} … */
  FakeTransactions failsAt(String step, Exception with) {
    failingStep = step;
    failure = with;
    return this;
  }

  /** Says that a single branch was enlisted. */
  FakeTransactions inOnePhase(boolean onePhase) {
    isOnePhase = onePhase;
    return this;
  }

  /** Says that a failed commit left branches that only wait for their participant. */
  FakeTransactions leavesPending(boolean pending) {
    isPending = pending;
    return this;
  }

  @Override
  public Transaction beginForClient(Duration timeout) throws SystemException {
    return begin(timeout);
  }

  @Override
  public Transaction begin(Duration timeout) throws SystemException {
    step("begin", SystemException.class);
    return new FakeTransaction();
  }

  private <X extends Exception> void step(String step, Class<X> type) throws X {
    trace.add(step);
    failIf(step, type);
  }

  private <X extends Exception> void failIf(String step, Class<X> type) throws X {
    if (step.equals(failingStep)) {
      if (failure instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      if (type.isInstance(failure)) {
        throw type.cast(failure);
      }
    }
  }

  private final class FakeTransaction implements Transaction {

    @Override
    public TransactionId id() {
      return ID;
    }

    @Override
    public void enlist(NamedXaResource resource) throws SystemException, RollbackException {
      String step = "start " + resource.participant();
      step(step, SystemException.class);
      failIf(step, RollbackException.class);
    }

    @Override
    public void end() throws SystemException {
      step("end", SystemException.class);
    }

    @Override
    public void commit()
        throws RollbackException,
            HeuristicMixedException,
            HeuristicRollbackException,
            SystemException {
      step("commit", RollbackException.class);
      failIf("commit", HeuristicMixedException.class);
      failIf("commit", HeuristicRollbackException.class);
      failIf("commit", SystemException.class);
    }

    @Override
    public void rollback() {
      trace.add("rollback");
    }

    @Override
    public void close() {
      trace.add("close");
    }

    @Override
    public boolean isOnePhase() {
      return isOnePhase;
    }

    @Override
    public boolean isPending(HeuristicMixedException ignored) {
      return isPending;
    }
  }
}
