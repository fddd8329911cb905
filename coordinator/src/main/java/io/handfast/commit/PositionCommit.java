package io.handfast.commit;

import io.handfast.database.DatabaseSession;
import io.handfast.database.Positions.Place;
import io.handfast.message.Broker;
import io.handfast.message.BrokerException;
import io.handfast.message.Message;
import io.handfast.message.PositionedSession;
import io.handfast.message.PositionedSession.Advance;
import io.handfast.message.PositionedSession.Failed;
import io.handfast.message.PositionedSession.Partition;
import io.handfast.message.SourceSession;
import io.handfast.node.Participants;
import io.handfast.participant.NamedXaResource;
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
import org.jspecify.annotations.Nullable;

/**
 * Begins units whose messages come from partitions that keep them: how far each was applied is
 * written beside the rows, in the same local transaction of the database ({@link PositionUse}).
 *
 * <p>Exactly-once needs no more than that. The commit is the decision: before it rows and positions
 * are as they were, after it both are new, and the next owner of a partition begins where its row
 * says. A unit whose partition another has taken meanwhile, since it took this consumer for dead,
 * finds another term and token in the row and is rolled back. The weaker guarantees write the same
 * rows, so that a delivery may change its guarantee; they tell the source as well, and wait for it.
 *
 * <p>Messages that such a unit sends are in a session of their own, since the source takes none.
 * Under exactly-once that is a branch of the broker, which is prepared before the decision and
 * whose marker is written beside rows and positions ({@link BrokerBranches}).
 *
 * @param localCommit what a branch of the broker needs
 */
public record PositionCommit(LocalCommit localCommit) {

  /** When positions move, and when the source is told. */
  public enum Order {
    /** Exactly-once: with the rows; the source is told afterwards, for people who ask it. */
    WITH_ROWS,
    /**
     * At-least-once: what is sent is committed first; with the rows; then the source keeps them.
     */
    AFTER_ROWS,
    /**
     * At-most-once: the source keeps them, then they move; rows; what is sent is committed last.
     */
    BEFORE_APPLYING
  }

  /**
   * Whose units these are.
   *
   * @param delivery the delivery's name
   */
  public record Reader(String delivery, String topic, String group) {

    /** The row of a partition. */
    public Place place(Partition of) {
      return new Place(of.slot(), of.namespace(), delivery, topic, group);
    }
  }

  /**
   * Begins units on sessions: that of the database was opened for local transactions.
   *
   * @param database where rows and positions are
   * @param longest after this a unit that stands still is ended by its database, where that can
   */
  public Units on(
      Sessions sessions, String database, Reader reader, Order order, Duration longest) {
    return new Series(sessions, database, reader, order, longest);
  }

  /** The units of one pair of sessions. */
  private final class Series implements Units {

    private final Sessions sessions;
    private final String database;
    private final Order order;
    private final PositionUse use;
    private final @Nullable BrokerBranches branches;

    Series(Sessions sessions, String database, Reader reader, Order order, Duration longest) {
      this.sessions = sessions;
      this.database = database;
      this.order = order;
      this.use = new PositionUse(sessions, database, reader, longest);
      this.branches =
          sessions.hasTarget() && order == Order.WITH_ROWS
              ? new BrokerBranches(
                  localCommit,
                  sessions,
                  database,
                  new SlotUse.Owner(localCommit.identity().startText(), reader.delivery(), null),
                  longest)
              : null;
    }

    @Override
    public UnitOfWork begin() {
      return new Unit(this);
    }

    @Override
    public boolean hold(Message message, int failures, Duration delay) throws Exception {
      Message.Place place = message.place();
      if (place == null) {
        return false;
      }
      use.failed(place.partition(), new Failed(place.at().offset(), failures));
      use.rest(sessions.positioned(), place.partition(), delay);
      return true;
    }

    /** Another session would leave the group, and have its partitions move to and fro. */
    @Override
    public boolean awaitTarget(Duration pause) throws Exception {
      if (sessions.hasTarget()) {
        sessions.dropTarget();
        sessions.positioned().rest(pause);
      }
      return sessions.hasTarget();
    }

    @Override
    public void close() {
      if (branches != null) {
        branches.close();
      }
    }
  }

  /** One unit: what was received of some partitions, and the transaction that decides. */
  private final class Unit implements UnitOfWork {

    private final Series series;
    private final TransactionId id = localCommit.identity().nextTransaction();
    private final List<String> names = new CopyOnWriteArrayList<>();
    private final BrokerBranches.@Nullable Branch branch;
    private @Nullable PositionedSession source;
    private @Nullable SourceSession sent;

    Unit(Series series) {
      this.series = series;
      this.branch = series.branches == null ? null : series.branches.next(id);
    }

    @Override
    public Optional<TransactionId> id() {
      return series.order == Order.WITH_ROWS ? Optional.of(id) : Optional.empty();
    }

    @Override
    public boolean isLogged() {
      return false;
    }

    @Override
    public SourceSession messages() throws Exception {
      PositionedSession session = series.sessions.positioned();
      if (source == null) {
        source = session;
        names.add(PositionedSession.SOURCE);
        session.settled(); // the unit before is over
        series.use.begin(session);
      }
      return session;
    }

    @Override
    public SourceSession target() throws Exception {
      if (!series.sessions.hasTarget()) {
        return messages(); // which says that it takes none
      }
      takesPart(Broker.NAME);
      if (branch != null) {
        return branch.session();
      }
      SourceSession session = series.sessions.target();
      sent = session;
      return session;
    }

    private boolean takesPart(String name) {
      return !names.contains(name) && names.add(name);
    }

    @Override
    public int atMost(int max) {
      return series.use.atMost(max);
    }

    @Override
    public DatabaseSession database(String name) throws Exception {
      if (!name.equals(series.database)) {
        throw UnitOfWork.secondDatabase(series.database, name);
      }
      DatabaseSession session = series.sessions.database(name);
      if (branch != null && !branch.isBegun()) {
        target(); // the slot is opened in a transaction of its own, before that of the rows
      }
      if (takesPart(Participants.participantName(name)) && branch != null) {
        branch.announce(session);
      }
      return session;
    }

    @Override
    public void enlist(NamedXaResource resource, String name) {
      throw new IllegalStateException("local commits take no branch");
    }

    @Override
    public List<String> participants() {
      return names;
    }

    /** At-most-once moves on now; where that is not confirmed, the messages must not be applied. */
    @Override
    public boolean received() throws Exception {
      if (series.order != Order.BEFORE_APPLYING) {
        return false;
      }
      List<Advance> advances = advances();
      if (!advances.isEmpty()) {
        series.sessions.positioned().keep(advances);
        series.use.move(advances);
        series.sessions.database(series.database).commit();
        series.use.moved(advances);
      }
      return true;
    }

    private List<Advance> advances() {
      return source == null ? List.of() : source.received();
    }

    @Override
    public Outcome commit() {
      return series.order == Order.BEFORE_APPLYING ? commitApplied() : commitWith(advances());
    }

    /** The positions have moved: what fails now is lost. */
    private Outcome commitApplied() {
      try {
        steps().decide(series.sessions, series.database);
        commitSent();
        return new Committed();
      } catch (SQLException | BrokerException | RuntimeException e) {
        return new InDoubt(e);
      }
    }

    private Outcome commitWith(List<Advance> advances) {
      try {
        write(advances); //                                  1 prepare; positions and marker
      } catch (Exception e) {
        rollback();
        return new RolledBack(e);
      }
      try {
        commitSent(); //                                       at-least-once: sent, perhaps again
      } catch (BrokerException | RuntimeException e) {
        rollback();
        return new InDoubt(e);
      }
      try {
        steps().decide(series.sessions, series.database); // 2 commit all of it: the decision
      } catch (SQLException | RuntimeException e) {
        return asKept(advances, e);
      }
      series.use.moved(advances);
      return confirm(advances); //                           3 commit the branch, tell the source
    }

    private void write(List<Advance> advances) throws Exception {
      if (branch != null && branch.isBegun()) {
        branch.prepare();
      }
      series.use.move(advances);
      if (branch != null && branch.isBegun()) {
        branch.mark(series.sessions.database(series.database));
      }
    }

    private UnitSteps steps() {
      return new UnitSteps(localCommit.events(), id().orElse(null));
    }

    /** Commits what was sent in a session that has no branch. */
    private void commitSent() throws BrokerException {
      if (sent != null) {
        sent.commit();
      }
    }

    /**
     * The reply to the commit was lost, or the commit was refused: only the rows can tell. Another
     * may have moved on since, and would be followed again: so all begin where their rows say.
     */
    private Outcome asKept(List<Advance> advances, Exception cause) {
      series.sessions.dropDatabase(series.database);
      boolean isMarked = branch != null && branch.isBegun();
      return switch (isMarked ? branch.ask() : series.use.settle(advances)) {
        case COMMIT -> {
          again(advances);
          yield confirm(advances);
        }
        case NONE -> {
          rollback();
          yield new RolledBack(cause);
        }
        case UNKNOWN -> new InDoubt(cause);
      };
    }

    private Outcome confirm(List<Advance> advances) {
      Outcome confirmed = branch != null && branch.isBegun() ? branch.confirm() : new Committed();
      if (source == null || advances.isEmpty()) {
        return confirmed;
      }
      if (series.order == Order.WITH_ROWS) {
        source.tell(advances);
        return confirmed;
      }
      try {
        source.keep(advances);
        return confirmed;
      } catch (BrokerException | RuntimeException e) {
        return new Decided(e); // the rows have the position, which the next unit begins at
      }
    }

    /** What was received comes again, from where the rows say. */
    @Override
    public void rollback() {
      List<Advance> advances = advances();
      if (source != null) {
        if (advances.isEmpty()) {
          series.use.nothingCame();
        }
        again(advances);
      }
      if (branch != null) {
        branch.rollback();
      }
      rollbackSent();
      if (names.contains(Participants.participantName(series.database))) {
        series.sessions.rollbackRows(series.database);
      }
      if (branch != null) {
        branch.over();
      }
    }

    private void rollbackSent() {
      SourceSession session = sent;
      if (session != null) {
        try {
          session.rollback();
        } catch (BrokerException | RuntimeException e) {
          series.sessions.dropTarget(); // which undoes it
        }
      }
    }

    private void again(List<Advance> advances) {
      PositionedSession session = source;
      if (session != null) {
        advances.forEach(advance -> session.again(advance.partition()));
      }
    }

    @Override
    public void close() {
      series.close();
      series.sessions.close();
    }
  }

  /** Another consumer has taken a partition of the unit, since it took this one for dead. */
  public static final class PartitionTakenException extends Exception {

    private static final long serialVersionUID = 1L;

    PartitionTakenException(List<Advance> advances) {
      super(
          "another consumer has taken one of the partitions %s; the unit is rolled back, and they go on from where handfast_marker says"
              .formatted(advances.stream().map(one -> one.partition().label()).toList()));
    }
  }
}
