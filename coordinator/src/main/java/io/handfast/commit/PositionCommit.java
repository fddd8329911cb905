package io.handfast.commit;

import io.handfast.concurrent.Scheduling;
import io.handfast.database.DatabaseSession;
import io.handfast.database.Positions.Place;
import io.handfast.event.Event.BranchStep;
import io.handfast.event.Events;
import io.handfast.message.BrokerException;
import io.handfast.message.Message;
import io.handfast.message.PositionedSession;
import io.handfast.message.PositionedSession.Advance;
import io.handfast.message.PositionedSession.Failed;
import io.handfast.message.PositionedSession.Partition;
import io.handfast.message.SourceSession;
import io.handfast.node.NodeIdentity;
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
 * @param identity gives units their ids
 */
public record PositionCommit(NodeIdentity identity, Events events) {

  /** When positions move, and when the source is told. */
  public enum Order {
    /** Exactly-once: with the rows; the source is told afterwards, for people who ask it. */
    WITH_ROWS,
    /** At-least-once: with the rows, and then the source keeps them. */
    AFTER_ROWS,
    /** At-most-once: the source keeps them, then they move, and then messages are applied. */
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

    Series(Sessions sessions, String database, Reader reader, Order order, Duration longest) {
      this.sessions = sessions;
      this.database = database;
      this.order = order;
      this.use = new PositionUse(sessions, database, reader, longest);
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
  }

  /** One unit: what was received of some partitions, and the transaction that decides. */
  private final class Unit implements UnitOfWork {

    private final Series series;
    private final TransactionId id = identity.nextTransaction();
    private final List<String> names = new CopyOnWriteArrayList<>();
    private @Nullable PositionedSession source;

    Unit(Series series) {
      this.series = series;
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
    public int atMost(int max) {
      return series.use.atMost(max);
    }

    @Override
    public DatabaseSession database(String name) throws Exception {
      if (!name.equals(series.database)) {
        throw UnitOfWork.secondDatabase(series.database, name);
      }
      String participant = Participants.participantName(name);
      if (!names.contains(participant)) {
        names.add(participant);
      }
      return series.sessions.database(name);
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
        requireMoved(advances);
        series.sessions.database(series.database).commit();
        series.use.moved(advances);
      }
      return true;
    }

    private List<Advance> advances() {
      return source == null ? List.of() : source.received();
    }

    private void requireMoved(List<Advance> advances) throws Exception {
      if (!series.use.move(advances)) {
        throw new PartitionTakenException(advances);
      }
    }

    @Override
    public Outcome commit() {
      List<Advance> advances = advances();
      boolean isMovedNow = series.order != Order.BEFORE_APPLYING;
      try {
        if (isMovedNow) {
          requireMoved(advances); //      1 positions, in the transaction of the rows
        }
      } catch (Exception e) {
        rollback();
        return new RolledBack(e);
      }
      try {
        decide(); //                      2 commit both: the decision
      } catch (SQLException | RuntimeException e) {
        return isMovedNow ? asKept(advances, e) : new InDoubt(e);
      }
      if (isMovedNow) {
        series.use.moved(advances);
      }
      return confirm(advances); //        3 tell the source
    }

    private void decide() throws SQLException {
      DatabaseSession session = series.sessions.opened(series.database).orElseThrow();
      long asked = Scheduling.nanoTime();
      Exception failure = null;
      try {
        session.commit();
      } catch (SQLException | RuntimeException e) {
        failure = e;
        throw e;
      } finally {
        if (events.isHeard() && id().isPresent()) {
          String participant = Participants.participantName(series.database);
          long nanos = Scheduling.nanoTime() - asked;
          events.publish(new BranchStep(id, BranchStep.Kind.COMMIT, participant, nanos, failure));
        }
      }
    }

    /**
     * The reply to the commit was lost, or the commit was refused: only the rows can tell. Another
     * may have moved on since, and would be followed again: so all begin where their rows say.
     */
    private Outcome asKept(List<Advance> advances, Exception cause) {
      series.sessions.dropDatabase(series.database);
      return switch (series.use.settle(advances)) {
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
      if (source == null || advances.isEmpty() || series.order == Order.BEFORE_APPLYING) {
        return new Committed();
      }
      if (series.order == Order.WITH_ROWS) {
        source.tell(advances);
        return new Committed();
      }
      try {
        source.keep(advances);
        return new Committed();
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
      series.sessions.opened(series.database).ifPresent(this::rollbackRows);
    }

    private void again(List<Advance> advances) {
      PositionedSession session = source;
      if (session != null) {
        advances.forEach(advance -> session.again(advance.partition()));
      }
    }

    private void rollbackRows(DatabaseSession session) {
      if (!names.contains(Participants.participantName(series.database))) {
        return; // nothing was done there
      }
      try {
        session.rollback();
      } catch (SQLException | RuntimeException e) {
        series.sessions.dropDatabase(series.database); // which undoes it
      }
    }

    @Override
    public void close() {
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
