package io.handfast.commit;

import io.handfast.concurrent.Scheduling;
import io.handfast.database.DatabaseSession;
import io.handfast.event.Event.BranchStep;
import io.handfast.event.Events;
import io.handfast.message.Broker;
import io.handfast.message.SourceSession;
import io.handfast.node.NodeIdentity;
import io.handfast.node.Participants;
import io.handfast.participant.NamedXaResource;
import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.ErrorText;
import io.handfast.transaction.MarkedBranch;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.Outcome.Committed;
import io.handfast.transaction.Outcome.Decided;
import io.handfast.transaction.Outcome.Heuristic;
import io.handfast.transaction.Outcome.InDoubt;
import io.handfast.transaction.Outcome.RolledBack;
import io.handfast.transaction.TransactionId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/**
 * Begins units whose decision is the local commit of their database.
 *
 * <p>The field calls it <em>logging last resource</em>: the broker's branch is prepared; then the
 * rows and a marker with the branch's id are committed in one local transaction of the database,
 * and that is the decision; then the branch is committed. A crash before the decision leaves a
 * branch whose id is not in the marker and which is rolled back; a crash after it, one whose id is
 * there and which is committed ({@link Markers}). No log takes part.
 *
 * @param identity gives units their ids
 * @param active the units that recovery leaves alone
 * @param missing is told of branches that were decided to be committed and are gone
 */
public record LocalCommit(
    NodeIdentity identity,
    ActiveTransactions active,
    Markers markers,
    Missing missing,
    Events events) {

  /**
   * Is told of a branch that was decided to be committed, that its participant does not know, and
   * that no other node has ended: whether it was committed cannot be known.
   */
  @FunctionalInterface
  public interface Missing {
    void report(Xid branch, XAException answer);
  }

  /**
   * Begins units on sessions: that of the broker was opened for XA, that of the database not.
   *
   * @param database the one that decides
   * @param delivery the name of the delivery, for people who look at the marker
   * @param longest after this a unit that stands still is ended by its database, where that can
   */
  public Units on(Sessions sessions, String database, String delivery, Duration longest) {
    return new Series(
        sessions, database, new SlotUse.Owner(identity.startText(), delivery, null), longest);
  }

  /**
   * Begins one unit, for a client who may ask for its outcome later: the row of its slot tells it.
   *
   * @param name by which the client asks; null for the id of the unit
   */
  public UnitOfWork beginForClient(
      Sessions sessions, String database, @Nullable String name, Duration longest) {
    SlotUse.Owner client = new SlotUse.Owner(identity.startText(), "", name == null ? "" : name);
    return new Series(sessions, database, client, longest).begin();
  }

  /** The units of one pair of sessions. */
  private final class Series implements Units {

    private final Sessions sessions;
    private final String database;
    private final SlotUse slots;
    private final Companion companion;

    Series(Sessions sessions, String database, SlotUse.Owner owner, Duration longest) {
      this.sessions = sessions;
      this.database = database;
      this.slots = new SlotUse(sessions, database, owner, longest);
      this.companion = new Companion(owner.delivery() + "-prepare");
    }

    @Override
    public UnitOfWork begin() {
      return new Unit(this);
    }

    @Override
    public void close() {
      companion.close();
      slots.close();
    }
  }

  /** What a participant is asked for, with its answer. */
  @FunctionalInterface
  private interface Step<E extends Exception> {
    int take() throws E;
  }

  /** One unit: the broker's branch, and the local transaction that decides. */
  private final class Unit implements UnitOfWork {

    private final Series series;
    private final TransactionId id = identity.nextTransaction();
    private final List<String> names = new CopyOnWriteArrayList<>();
    private @Nullable MarkedBranch branch;
    private @Nullable NamedXaResource resource;
    private boolean isEnded;

    Unit(Series series) {
      this.series = series;
    }

    @Override
    public Optional<TransactionId> id() {
      return Optional.of(id);
    }

    @Override
    public boolean isLogged() {
      return false;
    }

    @Override
    public SourceSession messages() throws Exception {
      SourceSession session = series.sessions.messages();
      if (branch == null) {
        begin(session.xaResource());
        names.add(Broker.NAME);
      }
      return session;
    }

    private void begin(NamedXaResource on) throws Exception {
      MarkedBranch begun = series.slots.next(id);
      active.add(id); // before the branch exists
      boolean isBegun = false;
      try {
        on.start(begun.xid(), XAResource.TMNOFLAGS);
        branch = begun;
        resource = on;
        isBegun = true;
      } catch (XAException e) {
        throw new ParticipantUnavailableException(Broker.NAME + ": " + ErrorText.readable(e), e);
      } finally {
        if (!isBegun) {
          active.remove(id);
          series.sessions.dropMessages();
        }
      }
    }

    @Override
    public DatabaseSession database(String name) throws Exception {
      if (!name.equals(series.database)) {
        throw UnitOfWork.secondDatabase(series.database, name);
      }
      DatabaseSession session = series.sessions.database(name);
      if (branch == null) {
        messages(); // the slot is opened in a transaction of its own, before that of the rows
      }
      String participant = Participants.participantName(name);
      if (!names.contains(participant)) {
        names.add(participant);
        series.slots.announce(session.marker(), begun());
      }
      return session;
    }

    @Override
    public void enlist(NamedXaResource resource, String name) {
      throw new IllegalStateException("only one database decides, and no other resource");
    }

    @Override
    public List<String> participants() {
      return names;
    }

    @Override
    public boolean received() {
      return false; // the acknowledgement is a part of the branch
    }

    /** Prepares the branch beside what is to come. */
    @Override
    public boolean sourceDone() {
      series.companion.begin(this::prepare);
      return true;
    }

    private NamedXaResource resource() {
      return Objects.requireNonNull(resource);
    }

    private MarkedBranch begun() {
      MarkedBranch begun = branch;
      if (begun == null) {
        throw new IllegalStateException("nothing was done in this unit");
      }
      return begun;
    }

    private int prepare() throws XAException {
      return told(
          BranchStep.Kind.PREPARE,
          Broker.NAME,
          () -> {
            resource().end(begun().xid(), XAResource.TMSUCCESS);
            isEnded = true;
            return resource().prepare(begun().xid());
          });
    }

    @Override
    public Outcome commit() {
      int vote;
      try {
        vote = prepareAndMark(); //                        1 prepare, and write the marker
      } catch (Exception e) {
        rollback();
        return new RolledBack(e);
      }
      try {
        decide(); //                                       2 commit rows and marker: the decision
      } catch (SQLException | RuntimeException e) {
        return asMarked(vote, e);
      }
      return confirm(vote); //                             3 commit the branch
    }

    private int prepareAndMark() throws Exception {
      MarkedBranch begun = begun();
      if (!series.companion.isBegun()) {
        sourceDone();
      }
      DatabaseSession session = series.sessions.database(series.database);
      boolean isMine = series.slots.write(session.marker(), begun);
      int vote = awaitPrepare();
      if (!isMine) {
        series.slots.leave();
        throw new SlotTakenException(begun.slot());
      }
      return vote;
    }

    private int awaitPrepare() throws Exception {
      try {
        return (int) series.companion.await();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Exception failure) {
          throw failure;
        }
        throw e;
      }
    }

    private void decide() throws SQLException {
      DatabaseSession session = series.sessions.opened(series.database).orElseThrow();
      told(
          BranchStep.Kind.COMMIT,
          Participants.participantName(series.database),
          () -> {
            session.commit();
            return XAResource.XA_OK;
          });
    }

    /** The reply to the commit was lost, or the commit was refused: only the marker can tell. */
    private Outcome asMarked(int vote, Exception cause) {
      series.sessions.dropDatabase(series.database);
      series.slots.leave();
      Markers.Answer answer = markers.ask(begun());
      return switch (answer.verdict()) {
        case COMMIT -> confirm(vote);
        case NONE -> {
          rollback();
          yield new RolledBack(cause);
        }
        case UNKNOWN -> {
          active.remove(id);
          yield new InDoubt(cause);
        }
      };
    }

    private Outcome confirm(int vote) {
      try {
        told(BranchStep.Kind.COMMIT, Broker.NAME, () -> commitBranch(vote));
        series.slots.confirmed(begun());
        return new Committed();
      } catch (XAException | RuntimeException e) {
        series.slots.leave();
        if (e instanceof XAException answer) {
          if (isOtherwise(answer)) {
            return new Heuristic(e);
          }
          reportMissing(answer);
        }
        return new Decided(e); // recovery finds the branch, or that another node has ended it
      } finally {
        active.remove(id);
      }
    }

    private int commitBranch(int vote) throws XAException {
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
      if (answer.errorCode == XAException.XAER_NOTA && !markers.ask(begun()).wasAsked()) {
        missing.report(begun().xid(), answer);
      }
    }

    /** Whether the broker has rolled back, at least in part, what was decided to be committed. */
    private boolean isOtherwise(XAException answer) {
      return answer.errorCode == XAException.XA_HEURRB
          || answer.errorCode == XAException.XA_HEURMIX;
    }

    @Override
    public void rollback() {
      if (branch == null) {
        return;
      }
      try {
        told(BranchStep.Kind.ROLLBACK, Broker.NAME, this::rollbackBranch);
      } catch (XAException | RuntimeException e) {
        series.slots.leave();
        series.sessions.dropMessages(); // which undoes what is not prepared
      } finally {
        rollbackRows();
        active.remove(id);
      }
    }

    private int rollbackBranch() throws XAException {
      awaitBegunPrepare();
      if (!isEnded) {
        resource().end(begun().xid(), XAResource.TMSUCCESS);
      }
      resource().rollback(begun().xid());
      return XAResource.XA_OK;
    }

    /** Whatever came of it: a branch that is being prepared cannot be rolled back. */
    private void awaitBegunPrepare() {
      if (series.companion.isBegun()) {
        try {
          series.companion.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("interrupted while a branch was being prepared", e);
        } catch (ExecutionException e) {
          return; // the rollback that follows ends a branch that was prepared nevertheless
        }
      }
    }

    private void rollbackRows() {
      DatabaseSession session = series.sessions.opened(series.database).orElse(null);
      boolean isUsed = names.contains(Participants.participantName(series.database));
      if (session == null || !isUsed) {
        return; // there are none, or they went with their session
      }
      try {
        session.rollback();
      } catch (SQLException | RuntimeException e) {
        series.sessions.dropDatabase(series.database); // which undoes them
      }
    }

    /** Takes a step, and publishes how it ended. */
    private <E extends Exception> int told(BranchStep.Kind kind, String participant, Step<E> step)
        throws E {
      long asked = Scheduling.nanoTime();
      Exception failure = null;
      try {
        return step.take();
      } catch (Exception e) {
        failure = e;
        throw e;
      } finally {
        if (events.isHeard()) {
          long nanos = Scheduling.nanoTime() - asked;
          events.publish(new BranchStep(id, kind, participant, nanos, failure));
        }
      }
    }

    @Override
    public void close() {
      series.close();
      series.sessions.close();
    }
  }

  /** Another node has taken the slot over, since it took this one for dead. */
  public static final class SlotTakenException extends Exception {

    private static final long serialVersionUID = 1L;

    SlotTakenException(String slot) {
      super(
          "slot %s of handfast_marker was taken over by another node; the unit is rolled back and comes again under a new slot"
              .formatted(slot));
    }
  }
}
