package io.handfast.commit;

import io.handfast.database.DatabaseSession;
import io.handfast.event.Event.BranchStep.Kind;
import io.handfast.log.DecisionLog.Verdict;
import io.handfast.message.Broker;
import io.handfast.message.SourceSession;
import io.handfast.participant.NamedXaResource;
import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.transaction.ErrorText;
import io.handfast.transaction.MarkedBranch;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.Outcome.Committed;
import io.handfast.transaction.Outcome.Decided;
import io.handfast.transaction.Outcome.Heuristic;
import io.handfast.transaction.TransactionId;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/**
 * The branches at the broker of units that the local commit of their database decides, one after
 * the other on the same sessions.
 *
 * <p>A branch is prepared before the decision; its id is written beside the rows, into the marker,
 * and tells afterwards what becomes of it ({@link Markers}).
 */
final class BrokerBranches implements AutoCloseable {

  private final LocalCommit protocol;
  private final Sessions sessions;
  private final String database;
  private final SlotUse slots;
  private final Companion companion;

  /**
   * Begins none yet.
   *
   * @param sessions that of the target was opened for XA, that of the database not
   * @param database the one that decides
   * @param longest after this a unit that stands still is ended by its database, where that can
   */
  BrokerBranches(
      LocalCommit protocol,
      Sessions sessions,
      String database,
      SlotUse.Owner owner,
      Duration longest) {
    this.protocol = protocol;
    this.sessions = sessions;
    this.database = database;
    this.slots = new SlotUse(sessions, database, owner, longest);
    this.companion = new Companion(owner.delivery() + "-prepare");
  }

  /** The branch of the next unit, which is not begun. */
  Branch next(TransactionId id) {
    return new Branch(id);
  }

  @Override
  public void close() {
    companion.close();
    slots.close();
  }

  /** The branch of one unit. */
  final class Branch {

    private final TransactionId id;
    private final UnitSteps steps;
    private @Nullable MarkedBranch begun;
    private @Nullable NamedXaResource resource;
    private boolean isEnded;
    private int vote;

    private Branch(TransactionId id) {
      this.id = id;
      this.steps = new UnitSteps(protocol.events(), id);
    }

    /** Whether anything was done in it. */
    boolean isBegun() {
      return begun != null;
    }

    /**
     * The session whose work it holds from now on. Opens a slot where that is due, in a transaction
     * of its own: the session of the database has no work in it.
     */
    SourceSession session() throws Exception {
      SourceSession session = sessions.target();
      if (begun == null) {
        begin(session.xaResource());
      }
      return session;
    }

    private void begin(NamedXaResource on) throws Exception {
      MarkedBranch next = slots.next(id);
      protocol.active().add(id); // before the branch exists
      boolean isBegun = false;
      try {
        on.start(next.xid(), XAResource.TMNOFLAGS);
        begun = next;
        resource = on;
        isBegun = true;
      } catch (XAException e) {
        throw new ParticipantUnavailableException(Broker.NAME + ": " + ErrorText.readable(e), e);
      } finally {
        if (!isBegun) {
          protocol.active().remove(id);
          sessions.dropTarget();
        }
      }
    }

    private MarkedBranch begun() {
      MarkedBranch known = begun;
      if (known == null) {
        throw new IllegalStateException("nothing was done in this unit");
      }
      return known;
    }

    private NamedXaResource resource() {
      return Objects.requireNonNull(resource);
    }

    /** The marker is to be written: the next statements may take it along. */
    void announce(DatabaseSession rows) {
      slots.announce(rows.marker(), begun());
    }

    /** Begins to prepare it, beside what is to come: nothing is sent in it any more. */
    void prepare() {
      companion.begin(this::prepareNow);
    }

    private int prepareNow() throws XAException {
      return steps.take(
          Kind.PREPARE,
          Broker.NAME,
          () -> {
            resource().end(begun().xid(), XAResource.TMSUCCESS);
            isEnded = true;
            return resource().prepare(begun().xid());
          });
    }

    /**
     * Writes the marker beside the rows, and returns when the branch is prepared.
     *
     * @throws LocalCommit.SlotTakenException another node has the slot: the unit must be rolled
     *     back
     */
    void mark(DatabaseSession rows) throws Exception {
      if (!companion.isBegun()) {
        prepare();
      }
      boolean isMine = slots.write(rows.marker(), begun());
      vote = awaitPrepare();
      if (!isMine) {
        slots.leave();
        throw new LocalCommit.SlotTakenException(begun().slot());
      }
    }

    private int awaitPrepare() throws Exception {
      try {
        return (int) companion.await();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Exception failure) {
          throw failure;
        }
        throw e;
      }
    }

    /**
     * Asks the marker whether the unit is committed, where the reply to the commit was lost, or the
     * commit was refused. Where that cannot be known the branch belongs to recovery from now on.
     */
    Verdict ask() {
      sessions.dropDatabase(database);
      slots.leave();
      Verdict verdict = protocol.markers().ask(begun()).verdict();
      if (verdict == Verdict.UNKNOWN) {
        protocol.active().remove(id);
      }
      return verdict;
    }

    /** Commits it: the unit is decided. */
    Outcome confirm() {
      try {
        steps.take(Kind.COMMIT, Broker.NAME, this::commitNow);
        slots.confirmed(begun());
        return new Committed();
      } catch (XAException | RuntimeException e) {
        slots.leave();
        if (e instanceof XAException answer) {
          if (isOtherwise(answer)) {
            return new Heuristic(e);
          }
          reportMissing(answer);
        }
        return new Decided(e); // recovery finds the branch, or that another node has ended it
      } finally {
        protocol.active().remove(id);
      }
    }

    private int commitNow() throws XAException {
      if (vote == XAResource.XA_OK) { // one that is read-only has ended
        resource().commit(begun().xid(), false);
      }
      return vote;
    }

    /**
     * Reports a branch that the broker does not know; one whose marker another node has asked was
     * ended by that node, or is about to be.
     */
    private void reportMissing(XAException failure) {
      XAException answer = failure.getCause() instanceof XAException cause ? cause : failure;
      if (answer.errorCode == XAException.XAER_NOTA
          && !protocol.markers().ask(begun()).wasAsked()) {
        protocol.missing().report(begun().xid(), answer);
      }
    }

    /** Whether the broker has rolled back, at least in part, what was decided to be committed. */
    private boolean isOtherwise(XAException answer) {
      return answer.errorCode == XAException.XA_HEURRB
          || answer.errorCode == XAException.XA_HEURMIX;
    }

    /** Rolls it back, where it was begun; the rows of the unit are rolled back after it. */
    void rollback() {
      if (begun == null) {
        return;
      }
      try {
        steps.take(Kind.ROLLBACK, Broker.NAME, this::rollbackNow);
      } catch (XAException | RuntimeException e) {
        slots.leave();
        sessions.dropTarget(); // which undoes what is not prepared
      }
    }

    private int rollbackNow() throws XAException {
      awaitBegunPrepare();
      if (!isEnded) {
        resource().end(begun().xid(), XAResource.TMSUCCESS);
      }
      resource().rollback(begun().xid());
      return XAResource.XA_OK;
    }

    /** Whatever came of it: a branch that is being prepared cannot be rolled back. */
    private void awaitBegunPrepare() {
      if (companion.isBegun()) {
        try {
          companion.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("interrupted while a branch was being prepared", e);
        } catch (ExecutionException e) {
          return; // the rollback that follows ends a branch that was prepared nevertheless
        }
      }
    }

    /** The unit is over: recovery may end what is left of it. */
    void over() {
      protocol.active().remove(id);
    }
  }
}
