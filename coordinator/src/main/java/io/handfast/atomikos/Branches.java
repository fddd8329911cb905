package io.handfast.atomikos;

import io.handfast.event.Event.BranchStep;
import io.handfast.event.Event.Decided;
import io.handfast.event.Events;
import io.handfast.node.Participants;
import io.handfast.participant.NamedXaResource;
import io.handfast.transaction.TransactionId;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import javax.transaction.xa.XAException;
import org.jspecify.annotations.Nullable;

/**
 * Prepares and commits all branches of a transaction at the same time, so that their forces
 * overlap.
 *
 * <p>Atomikos asks in turn, in the thread that commits; when it comes to the second branch, the
 * answer is there or is waited for. (Atomikos could ask from threads of its own, and would change
 * the thread for every branch and once more for the answers.)
 *
 * <p>Nothing is asked that Atomikos would not ask: it prepares every branch of a transaction that
 * has several, whatever the others answer, and commits every branch that has not voted read-only
 * ({@code ActiveStateHandler.prepare} and {@code CoordinatorStateHandler.commitFromWithinCallback}
 * of 6.0.0). Should it stop between two branches nevertheless, one stays prepared, and recovery
 * finds it like any other.
 */
final class Branches {

  /** What a branch is asked. */
  interface Call {

    /** Asks; the answer is what it returns, or throws. */
    int answer() throws XAException;
  }

  private final TransactionId transaction;
  private final Events events;
  private final List<Branch> branches = new CopyOnWriteArrayList<>();
  private final Phase prepare;
  private final Phase commit;
  private volatile long answeredNanos;

  Branches(TransactionId transaction, Executor threads, Events events) {
    this.transaction = transaction;
    this.events = events;
    prepare = new Phase(threads, Branch::prepareNow);
    commit =
        new Phase(
            threads,
            branch -> {
              branch.commitNow();
              return 0;
            });
  }

  Branch of(NamedXaResource resource) {
    return new Branch(this, resource);
  }

  /** A branch was started, and takes part from now on. */
  void started(Branch branch) {
    branches.add(branch);
  }

  /**
   * Publishes that a branch of a client's transaction has joined, or that it could not. A
   * consumer's unit joins before it receives, and that says as much.
   */
  void joined(Branch branch, long begun, @Nullable Exception failure) {
    if (transaction.isOfClient()) {
      answered(branch, BranchStep.Kind.JOIN, begun, failure);
    }
  }

  /** The resources of all that take part, in the order in which they were enlisted. */
  Stream<NamedXaResource> resources() {
    return branches.stream().map(Branch::resource);
  }

  /**
   * What a branch votes. The one that Atomikos asks first is asked here: the broker's, which has
   * the longest way.
   */
  int prepare(Branch branch) throws XAException {
    return prepare.ask(branch, List.copyOf(branches), branch);
  }

  /** Asks a branch, and publishes its answer. */
  int told(Branch branch, BranchStep.Kind kind, Call call) throws XAException {
    long begun = System.nanoTime();
    try {
      int answer = call.answer();
      answered(branch, kind, begun, null);
      return answer;
    } catch (XAException | RuntimeException e) {
      answered(branch, kind, begun, e);
      throw e;
    }
  }

  /** The branch that only keeps the outcome in the log is none of a participant. */
  private void answered(
      Branch branch, BranchStep.Kind kind, long begun, @Nullable Exception failure) {
    String participant = branch.resource().participant();
    if (events.isHeard() && !participant.equals(Participants.OUTCOME)) {
      long now = System.nanoTime();
      answeredNanos = now;
      events.publish(new BranchStep(transaction, kind, participant, now - begun, failure));
    }
  }

  /** The decision is durable, which took as long as the last vote is ago. */
  void decided() {
    if (events.isHeard()) {
      events.publish(new Decided(transaction, System.nanoTime() - answeredNanos));
    }
  }

  /** Waits for a branch that is about to vote. */
  void awaitVote(Branch branch) {
    prepare.await(branch);
  }

  /**
   * Has a branch commit in the second phase. The one that was enlisted last is asked here: the
   * database's, for whose rows other sessions wait.
   */
  void commit(Branch branch) throws XAException {
    List<Branch> together = branches.stream().filter(Branch::isToBeCommitted).toList();
    commit.ask(branch, together, together.isEmpty() ? branch : together.get(together.size() - 1));
  }
}
