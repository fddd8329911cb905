package io.handfast.commit;

import io.handfast.commit.PositionCommit.Order;
import io.handfast.database.DatabaseSession;
import io.handfast.message.Broker;
import io.handfast.message.BrokerException;
import io.handfast.message.Message;
import io.handfast.message.PositionedSession;
import io.handfast.message.PositionedSession.Advance;
import io.handfast.message.PositionedSession.Failed;
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

/** The units of one pair of sessions, with the steps that {@link PositionCommit} says. */
final class PositionUnits implements Units {

  private final LocalCommit localCommit;
  private final Sessions sessions;
  private final String database;
  private final Order order;
  private final PositionUse use;
  private final @Nullable BrokerBranches branches;

  /**
   * Begins none yet.
   *
   * @param branches of what units send; null where they send nothing, or have no branch for it
   */
  PositionUnits(
      LocalCommit localCommit,
      Sessions sessions,
      Order order,
      PositionUse use,
      @Nullable BrokerBranches branches) {
    this.localCommit = localCommit;
    this.sessions = sessions;
    this.database = use.database();
    this.order = order;
    this.use = use;
    this.branches = branches;
  }

  @Override
  public UnitOfWork begin() {
    return new Unit();
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

  /** One unit: what was received of some partitions, and the transaction that decides. */
  private final class Unit implements UnitOfWork {

    private final TransactionId id = localCommit.identity().nextTransaction();
    private final CopyOnWriteArrayList<String> names = new CopyOnWriteArrayList<>();
    private final BrokerBranches.@Nullable Branch branch;
    private @Nullable PositionedSession source;
    private @Nullable SourceSession sent;

    Unit() {
      this.branch = branches == null ? null : branches.next(id);
    }

    @Override
    public Optional<TransactionId> id() {
      return order == Order.WITH_ROWS ? Optional.of(id) : Optional.empty();
    }

    @Override
    public boolean isLogged() {
      return false;
    }

    @Override
    public SourceSession messages() throws Exception {
      PositionedSession session = sessions.positioned();
      if (source == null) {
        source = session;
        names.add(PositionedSession.SOURCE);
        session.settled(); // the unit before is over
        use.begin(session);
      }
      return session;
    }

    @Override
    public SourceSession target() throws Exception {
      if (!sessions.hasTarget()) {
        return messages(); // which says that it takes none
      }
      names.addIfAbsent(Broker.NAME);
      if (branch != null) {
        return branch.session();
      }
      SourceSession session = sessions.target();
      sent = session;
      return session;
    }

    @Override
    public int atMost(int max) {
      return use.atMost(max);
    }

    @Override
    public DatabaseSession database(String name) throws Exception {
      if (!name.equals(database)) {
        throw UnitOfWork.secondDatabase(database, name);
      }
      DatabaseSession session = sessions.database(name);
      if (branch != null && !branch.isBegun()) {
        target(); // the slot is opened in a transaction of its own, before that of the rows
      }
      if (names.addIfAbsent(Participants.participantName(name)) && branch != null) {
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
      if (order != Order.BEFORE_APPLYING) {
        use.announce(advances()); // may travel with the statements
        return false;
      }
      List<Advance> advances = advances();
      if (!advances.isEmpty()) {
        sessions.positioned().keep(advances);
        use.move(advances);
        sessions.database(database).commit();
        use.moved(advances);
      }
      return true;
    }

    private List<Advance> advances() {
      return source == null ? List.of() : source.received();
    }

    @Override
    public Outcome commit() {
      return order == Order.BEFORE_APPLYING ? commitApplied() : commitWith(advances());
    }

    /** The positions have moved: what fails now is lost. */
    private Outcome commitApplied() {
      try {
        steps().decide(sessions, database);
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
        steps().decide(sessions, database); // 2 commit all of it: the decision
      } catch (SQLException | RuntimeException e) {
        return asKept(advances, e);
      }
      use.moved(advances);
      return confirm(advances); //                           3 commit the branch, tell the source
    }

    private void write(List<Advance> advances) throws Exception {
      if (branch != null && branch.isBegun()) {
        branch.prepare();
      }
      DatabaseSession rows = database(database);
      use.move(advances);
      if (branch != null && branch.isBegun()) {
        branch.mark(rows);
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
      sessions.dropDatabase(database);
      boolean isMarked = branch != null && branch.isBegun();
      return switch (isMarked ? branch.ask() : use.settle(advances)) {
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
      if (order == Order.WITH_ROWS) {
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
          use.nothingCame();
        }
        again(advances);
      }
      if (branch != null) {
        branch.rollback();
      }
      if (sent != null) {
        sessions.rollbackTarget();
      }
      if (names.contains(Participants.participantName(database))) {
        sessions.rollbackRows(database);
      }
      if (branch != null) {
        branch.over();
      }
    }

    private void again(List<Advance> advances) {
      if (source != null) {
        advances.stream().map(Advance::partition).forEach(source::again);
      }
    }

    @Override
    public void close() {
      PositionUnits.this.close();
      sessions.close();
    }
  }
}
