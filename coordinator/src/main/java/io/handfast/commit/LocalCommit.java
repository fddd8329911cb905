package io.handfast.commit;

import io.handfast.database.DatabaseSession;
import io.handfast.event.Events;
import io.handfast.message.Broker;
import io.handfast.message.BrokerException;
import io.handfast.message.Message;
import io.handfast.message.SourceSession;
import io.handfast.node.NodeIdentity;
import io.handfast.node.Participants;
import io.handfast.participant.NamedXaResource;
import io.handfast.transaction.ActiveTransactions;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.Outcome.Committed;
import io.handfast.transaction.Outcome.Decided;
import io.handfast.transaction.Outcome.InDoubt;
import io.handfast.transaction.Outcome.RolledBack;
import io.handfast.transaction.TransactionId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.transaction.xa.XAException;
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
    return new Series(sessions, database, branches(sessions, database, delivery, longest), null);
  }

  /**
   * Begins units that send on what their source leases: it is let go when all else is committed,
   * and recognised by what was written beside the rows where it comes again. The session that
   * messages are sent in was opened for XA.
   *
   * @param source the name of where messages come from
   */
  public Units ofLeases(
      Sessions sessions, String database, String delivery, Duration longest, String source) {
    return new Series(sessions, database, branches(sessions, database, delivery, longest), source);
  }

  /** The branches of a consumer's units, at the broker that their messages are sent to. */
  BrokerBranches branches(Sessions sessions, String database, String delivery, Duration longest) {
    SlotUse.Owner consumer = new SlotUse.Owner(identity.startText(), delivery, null);
    return new BrokerBranches(this, sessions, database, consumer, longest);
  }

  /**
   * Begins one unit, for a client who may ask for its outcome later: the row of its slot tells it.
   *
   * @param name by which the client asks; null for the id of the unit
   */
  public UnitOfWork beginForClient(
      Sessions sessions, String database, @Nullable String name, Duration longest) {
    SlotUse.Owner client = new SlotUse.Owner(identity.startText(), "", name == null ? "" : name);
    BrokerBranches branches = new BrokerBranches(this, sessions, database, client, longest);
    return new Series(sessions, database, branches, null).begin();
  }

  /** The units of one pair of sessions. */
  private final class Series implements Units {

    private final Sessions sessions;
    private final String database;
    private final BrokerBranches branches;
    private final @Nullable String leasing;

    /**
     * Begins none yet.
     *
     * @param leasing the source that leases its messages; null where they are a part of the branch
     */
    Series(Sessions sessions, String database, BrokerBranches branches, @Nullable String leasing) {
      this.sessions = sessions;
      this.database = database;
      this.branches = branches;
      this.leasing = leasing;
    }

    @Override
    public UnitOfWork begin() {
      return new Unit(this);
    }

    /** What is leased was told so, before its unit was rolled back. */
    @Override
    public boolean hold(Message message, int failures, Duration delay) {
      return leasing != null;
    }

    @Override
    public void close() {
      branches.close();
    }
  }

  /** One unit: the broker's branch, and the local transaction that decides. */
  private final class Unit implements UnitOfWork {

    private final Series series;
    private final TransactionId id = identity.nextTransaction();
    private final CopyOnWriteArrayList<String> names = new CopyOnWriteArrayList<>();
    private final BrokerBranches.Branch branch;

    Unit(Series series) {
      this.series = series;
      this.branch = series.branches.next(id);
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
      String leasing = series.leasing;
      if (leasing == null) {
        return target();
      }
      SourceSession session = series.sessions.messages();
      names.addIfAbsent(leasing);
      return session;
    }

    @Override
    public SourceSession target() throws Exception {
      SourceSession session = branch.session();
      names.addIfAbsent(Broker.NAME);
      return session;
    }

    @Override
    public DatabaseSession database(String name) throws Exception {
      if (!name.equals(series.database)) {
        throw UnitOfWork.secondDatabase(series.database, name);
      }
      DatabaseSession session = series.sessions.database(name);
      if (!branch.isBegun()) {
        target(); // the slot is opened in a transaction of its own, before that of the rows
      }
      if (names.addIfAbsent(Participants.participantName(name))) {
        branch.announce(session);
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
      return false; // the acknowledgement is a part of the branch, or comes last
    }

    /** Prepares the branch beside what is to come. */
    @Override
    public boolean sourceDone() {
      branch.prepare();
      return true;
    }

    @Override
    public Outcome commit() {
      try {
        if (series.leasing != null) { //  what another has by now it may have applied
          series.sessions.requireConsumer();
        }
        branch.mark(series.sessions.database(series.database)); //       1 prepare, write the marker
      } catch (Exception e) {
        rollback();
        return new RolledBack(e);
      }
      try {
        new UnitSteps(events, id)
            .decide(series.sessions, series.database); // 2 commit rows and marker
      } catch (SQLException | RuntimeException e) {
        return asMarked(e);
      }
      return confirm(); //                                               3 commit the branch
    }

    /** What was leased goes last: where it does not, it comes again and is recognised. */
    private Outcome confirm() {
      Outcome confirmed = branch.confirm();
      if (series.leasing == null || !(confirmed instanceof Committed)) {
        return confirmed;
      }
      try {
        series.sessions.commitMessages();
        return confirmed;
      } catch (BrokerException | RuntimeException e) {
        return new Decided(e);
      }
    }

    /** The reply to the commit was lost, or the commit was refused: only the marker can tell. */
    private Outcome asMarked(Exception cause) {
      return switch (branch.ask()) {
        case COMMIT -> confirm();
        case NONE -> {
          rollback();
          yield new RolledBack(cause);
        }
        case UNKNOWN -> new InDoubt(cause);
      };
    }

    @Override
    public void rollback() {
      if (branch.isBegun()) {
        branch.rollback();
        if (names.contains(Participants.participantName(series.database))) {
          series.sessions.rollbackRows(series.database);
        }
        branch.over();
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
