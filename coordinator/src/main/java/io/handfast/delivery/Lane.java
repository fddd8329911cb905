package io.handfast.delivery;

import io.handfast.commit.UnitOfWork;
import io.handfast.database.DatabaseSession;
import io.handfast.database.Inbox;
import io.handfast.delivery.StatementApplication.Refused;
import io.handfast.delivery.StatementApplication.Result;
import io.handfast.event.Event.UnitReceived;
import io.handfast.message.BrokerException;
import io.handfast.message.Message;
import io.handfast.message.MessageCopy;
import io.handfast.message.SourceSession;
import io.handfast.message.UnusableMessageException;
import io.handfast.participant.NamedXaResource;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.TransactionId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One consumer's way from the source to the sink: a session on the broker, a connection to the
 * database, and the messages in hand between them.
 *
 * <p>Its steps are what protocols are made of. Used by one thread; {@link #abandon()} may come from
 * another. After a unit whose end is not known the lane is closed and another opened, so that
 * nothing of an unfinished branch can reach the next unit.
 */
final class Lane implements UnitOfWork, AutoCloseable {

  /** How long a consumer waits before it looks whether it shall stop. */
  private static final Duration WAIT = Duration.ofMillis(500);

  private final DeliverySpecification specification;
  private final UnitSessions sessions;
  private final SourceSession messages;
  private final @Nullable DatabaseSession database;
  private final Sink sink;
  private final SetAside setAside;
  private final @Nullable Inbox inbox;
  private final InboxState inboxState;
  private final UnitEvents events;
  private final Deque<Message> adopted = new ArrayDeque<>();
  private int limit;
  private @Nullable TransactionId transaction;
  private Unit unit = new Unit(List.of());
  private List<String> pruning = new ArrayList<>();

  /**
   * A lane over open sessions.
   *
   * @param inbox where second copies are recognised; null under other protocols
   * @param inboxState what the delivery's lanes know of the inbox together
   * @param events publishes what happens to its units
   */
  Lane(
      DeliverySpecification specification,
      UnitSessions sessions,
      Sink sink,
      SetAside setAside,
      @Nullable Inbox inbox,
      InboxState inboxState,
      UnitEvents events) {
    this.specification = specification;
    this.sessions = sessions;
    this.messages = sessions.messages();
    this.database = sessions.database();
    this.sink = sink;
    this.setAside = setAside;
    this.inbox = inbox;
    this.inboxState = inboxState;
    this.events = events;
    this.limit = specification.unitSize();
  }

  /** How many messages the next units may take; one while messages are held. */
  void limit(int messages) {
    limit = messages;
  }

  /** How many messages to take instead of so many, so that others come along with a suspect. */
  int widened(int messages) {
    return setAside.suspects().widened(messages);
  }

  /** Messages that are acknowledged already and still to be applied come first from now on. */
  void adopt(Collection<Message> acknowledged) {
    adopted.addAll(acknowledged);
  }

  /** Gives the unit up: it must not be applied again, whatever has become of it. */
  void giveUp() {
    unit = new Unit(List.of());
  }

  /**
   * Leaves an acknowledged message out of the orphans that cannot be copied, and so not be sent
   * back: it would be tried again for ever.
   *
   * @return whether it was there
   */
  boolean lose(UnusableMessageException unusable) {
    if (!unit.isAcknowledged()) {
      return false;
    }
    List<Message> rest = new ArrayList<>(unit.inHand());
    boolean isLost = rest.removeIf(unusable::isAbout);
    unit = new Unit(rest);
    unit.acknowledged();
    return isLost;
  }

  /** Messages that the broker has let go and that are not applied: nobody else has them. */
  List<Message> orphans() {
    List<Message> orphans = new ArrayList<>();
    if (unit.isAcknowledged()) {
      orphans.addAll(unit.inHand());
    }
    orphans.addAll(adopted);
    return orphans;
  }

  Unit unit() {
    return unit;
  }

  @Override
  public NamedXaResource messages() {
    return messages.xaResource();
  }

  @Override
  public Optional<NamedXaResource> database() {
    return Optional.ofNullable(database).map(DatabaseSession::xaResource);
  }

  @Override
  public void begun(TransactionId id) {
    transaction = id;
  }

  @Override
  public boolean receive() throws BrokerException {
    unit = new Unit(List.of());
    long asked = System.nanoTime();
    if (!adopted.isEmpty()) {
      List<Message> again = new ArrayList<>();
      while (again.size() < limit && !adopted.isEmpty()) {
        again.add(adopted.removeFirst());
      }
      unit = received(again, asked);
      unit.acknowledged();
      return true;
    }
    messages.settled(); // the unit before is over
    List<Message> received = messages.receive(limit, WAIT);
    if (received.isEmpty()) {
      return false;
    }
    unit = received(received, asked);
    return true;
  }

  private Unit received(List<Message> messages, long asked) {
    UnitReceived received = events.received(transaction, messages, asked);
    sink.received(received);
    return new Unit(received);
  }

  /** Records the ids in hand in the inbox, and takes out those that were there before. */
  void recognise() throws SQLException {
    if (inbox == null) {
      throw new IllegalStateException("only a lane with an inbox recognises copies");
    }
    pruning = inboxState.takeConfirmed();
    inbox.remove(pruning);
    unit.recognise(inbox.record(deduplicationIds(unit.inHand())));
  }

  /** The broker has confirmed that the messages in hand are gone. */
  void confirmed() {
    inboxState.confirmed(unit.goneIds());
  }

  /**
   * Between two units: removes from the inbox what the broker has let go, and where the source is
   * empty also what a crash has left.
   */
  void tidyInbox(InboxState.SourceCount source) throws SQLException, BrokerException {
    if (inbox == null || database == null) {
      return;
    }
    pruning = inboxState.takeConfirmed();
    if (inboxState.isSweepDue()) {
      List<String> all = inbox.ids();
      database.commit();
      // Read before the count: an id whose message is still there makes the count more than zero.
      if (!all.isEmpty() && source.messages() == 0) {
        pruning.addAll(all);
      }
    }
    if (!pruning.isEmpty()) {
      inbox.remove(pruning);
      commitRows();
    }
  }

  private static List<String> deduplicationIds(Collection<Message> messages) {
    return messages.stream().map(Message::deduplicationId).toList();
  }

  @Override
  public void apply() throws Exception {
    long begun = System.nanoTime();
    try {
      applyAll();
    } catch (Exception e) {
      events.applied(unit, begun, e);
      throw e;
    }
    events.applied(unit, begun, null);
  }

  private void applyAll() throws Exception {
    if (inboxState.hasLeftovers()) {
      unit.recognise(inboxState.leftovers());
    }
    Result result = sink.apply(setAside.withoutHopeless(unit));
    unit.applied(setAside.withHopeless(unit, result));
    for (Refused refused : unit.refused()) {
      setAside.orHold(unit, refused, messages);
    }
    if (inbox != null) {
      // What is set aside comes again, and must not be taken for a second copy then.
      inbox.remove(deduplicationIds(unit.refused().stream().map(Refused::message).toList()));
    }
    if (specification.forward() != null) {
      forward(unit.applied());
      forward(unit.copies()); // the first copy's sending died with its session
    }
  }

  private void forward(List<Message> applied) throws BrokerException {
    for (Message message : applied) {
      messages.send(
          specification.forward(),
          new MessageCopy(
              message, MessageCopy.Kind.FORWARD, events.contextOf(unit.received(), message)));
    }
  }

  /** Commits the rows, in a local transaction. */
  void commitRows() throws SQLException {
    if (database != null) {
      database.commit();
    }
    pruning = new ArrayList<>();
  }

  /** Acknowledges what was received and sends what was sent, in a local session. */
  void acknowledge() throws BrokerException {
    messages.commit();
    unit.acknowledged();
  }

  /**
   * Undoes a unit after a failure that left the sessions sound, for them to be used again.
   *
   * @param isXa whether the transaction manager has rolled the branches back already
   */
  void undo(boolean isXa) throws BrokerException, SQLException {
    inboxState.confirmed(pruning);
    pruning = new ArrayList<>();
    if (unit.isAcknowledged()) {
      List<Message> rest = List.copyOf(adopted);
      adopted.clear();
      adopted.addAll(unit.inHand());
      adopted.addAll(rest);
    }
    if (!isXa) {
      messages.rollback(); // what is acknowledged stays so; copies that were sent go
      if (database != null) {
        database.rollback();
      }
    }
    unit = new Unit(List.of());
  }

  /** The unit is over, and committed. */
  void done(Counters counters) {
    setAside.forget(unit);
    unit.countCommitted(counters);
    unit = new Unit(List.of());
  }

  /** The message that a unit has failed for since it can be neither read nor copied, or null. */
  @Nullable UnusableMessageException unusable(Outcome outcome) {
    try {
      messages.requireConsumer();
    } catch (UnusableMessageException e) {
      return e;
    }
    if (outcome instanceof Outcome.RolledBack rolledBack) {
      return UnusableMessageException.in(rolledBack.cause());
    }
    return outcome instanceof Outcome.InDoubt inDoubt
        ? UnusableMessageException.in(inDoubt.cause())
        : null;
  }

  /** Takes the unit in flight away: broker and database undo what is not prepared. */
  void abandon() {
    sink.abandon();
    sessions.abandon();
  }

  @Override
  public void close() {
    inboxState.confirmed(pruning); // not known to be removed: the next lane does it
    pruning = new ArrayList<>();
    sessions.close();
  }
}
