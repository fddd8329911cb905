package io.handfast.delivery;

import io.handfast.database.Database;
import io.handfast.database.DatabaseSession;
import io.handfast.message.Broker;
import io.handfast.message.BrokerException;
import io.handfast.message.Intake;
import io.handfast.participant.ParticipantUnavailableException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Opens what a delivery works with; the first time after a start it also checks that the sink can
 * do its part. Thread-safe: one check at a time, and no other work waits for it.
 */
final class Opening {

  private static final Logger LOG = Logger.getLogger(Opening.class);

  private final String name;
  private final DeliverySpecification specification;
  private final Workplace workplace;
  private final UnitGate gate;
  private final UnitEvents events;
  private final @Nullable Handler handler;
  private volatile InboxState inbox;
  private volatile boolean checked;

  Opening(
      DeliverySpecification specification, Workplace workplace, UnitGate gate, UnitEvents events) {
    this.name = events.delivery().name();
    this.specification = specification;
    this.workplace = workplace;
    this.gate = gate;
    this.events = events;
    this.handler =
        specification.handler() == null
            ? null
            : new Handler(specification.handler(), workplace.clock());
    this.inbox = new InboxState(Set.of(), workplace.clock());
  }

  /** The delivery has been started: what was checked may have changed since. */
  void begin() {
    checked = false;
  }

  /** What is known of the delivery's inbox. */
  InboxState inbox() {
    return inbox;
  }

  /**
   * Opens a lane.
   *
   * @throws InvalidDeliveryException the delivery cannot work as specified
   */
  Lane lane(Intake intake) throws Exception {
    checkOnce();
    Lane lane = open(intake);
    try {
      gate.requireHeld();
      return lane;
    } catch (ParticipantUnavailableException | RuntimeException e) {
      lane.close();
      throw e;
    }
  }

  /** Checks, unless that was done since the start. */
  synchronized void checkOnce() throws InvalidDeliveryException, SQLException, BrokerException {
    if (!checked) {
      workplace.check().require(name, specification);
      inbox = openInbox();
      checked = true;
    }
  }

  private Lane open(Intake intake) throws BrokerException, SQLException {
    Database database = workplace.databaseOf(specification);
    Broker broker = workplace.participants().broker();
    UnitSessions sessions = UnitSessions.open(specification, broker, intake, database);
    DatabaseSession rows = sessions.database();
    boolean usesInbox = specification.isIdempotency() && rows != null;
    SetAside setAside = workplace.setAside(name, specification);
    Sink sink = sinkOf(specification, rows, setAside.suspects());
    if (handler != null) {
      sink =
          new HandledSink(
              sink, handler, setAside, workplace.clientTransactions(), sessions, events);
    }
    return new Lane(
        specification,
        sessions,
        sink,
        setAside,
        usesInbox ? rows.inbox(name) : null,
        inbox,
        events);
  }

  private static Sink sinkOf(
      DeliverySpecification specification, @Nullable DatabaseSession rows, Suspects suspects) {
    DeliverySpecification.Sink sink = specification.sink();
    return sink == null || rows == null
        ? Sink.NONE
        : new StatementApplication(sink, rows, suspects)::apply;
  }

  /**
   * Prepares the inbox for a delivery that uses it, and for one that used it under a protocol
   * before.
   */
  private InboxState openInbox() throws SQLException {
    Clock clock = workplace.clock();
    Database database = workplace.databaseOf(specification);
    if (database == null) {
      return new InboxState(Set.of(), clock);
    }
    if (specification.isIdempotency()) {
      database.createInbox();
      return new InboxState(Set.of(), clock);
    }
    return new InboxState(leftovers(name, database), clock);
  }

  /**
   * None where the user may not read the inbox: it is another user's, and this one's is nowhere.
   */
  private static Set<String> leftovers(String name, Database database) throws SQLException {
    try {
      return database.inboxOf(name);
    } catch (SQLException e) {
      if (!database.isForbidden(e)) {
        throw e;
      }
      LOG.warnf(
          "inbox not read delivery=%s participant=%s: its user may not read handfast_inbox (%s), so ids that another user has left there for this delivery are not known; grant SELECT on it, or set the schema of this database to one of the user's own",
          name, database.name(), e.getMessage());
      return Set.of();
    }
  }
}
