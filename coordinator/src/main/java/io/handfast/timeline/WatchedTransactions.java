package io.handfast.timeline;

import io.handfast.commit.Transactions;
import io.handfast.node.Participants;
import io.handfast.participant.NamedXaResource;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.TransactionId;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import java.time.Duration;

/** Tells the story of transactions that clients begin. */
record WatchedTransactions(Transactions engine, Timelines timelines) implements Transactions {

  @Override
  public Transaction begin(Duration timeout) throws SystemException {
    return watched(engine.begin(timeout));
  }

  @Override
  public Transaction beginForClient(Duration timeout) throws SystemException {
    return watched(engine.beginForClient(timeout));
  }

  private Transaction watched(Transaction transaction) {
    Timeline timeline = timelines.begin(transaction.id(), null);
    timelines.keep(timeline);
    return new Watched(transaction, timeline, timelines);
  }

  private record Watched(Transaction transaction, Timeline timeline, Timelines timelines)
      implements Transaction {

    @Override
    public TransactionId id() {
      return transaction.id();
    }

    @Override
    public void enlist(NamedXaResource resource) throws SystemException, RollbackException {
      if (resource.participant().equals(Participants.OUTCOME)) {
        transaction.enlist(resource);
        return;
      }
      long begun = System.nanoTime();
      try {
        transaction.enlist(resource);
      } catch (SystemException | RollbackException | RuntimeException e) {
        timeline.failed("join", resource.participant(), begun, e);
        throw e;
      }
      resource.watch(timeline);
      timeline.add("join", resource.participant(), begun, null);
    }

    @Override
    public void end() throws SystemException {
      transaction.end();
    }

    @Override
    public void commit()
        throws RollbackException,
            HeuristicMixedException,
            HeuristicRollbackException,
            SystemException {
      transaction.commit();
    }

    @Override
    public void ended(Outcome outcome) {
      timeline.end(outcome);
    }

    @Override
    public void rollback() {
      transaction.rollback();
      timeline.end(
          new Outcome.RolledBack(
              new RollbackException("rolled back as asked, or its time was up")));
    }

    @Override
    public void close() {
      try (transaction) { // whatever becomes of its story
        timelines.abandon(timeline);
      }
    }

    @Override
    public boolean isOnePhase() {
      return transaction.isOnePhase();
    }

    @Override
    public boolean isPending(HeuristicMixedException failure) {
      return transaction.isPending(failure);
    }
  }
}
