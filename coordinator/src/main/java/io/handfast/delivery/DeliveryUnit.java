package io.handfast.delivery;

import io.handfast.commit.UnitOfWork;
import io.handfast.concurrent.Scheduling;
import io.handfast.database.Inbox;
import io.handfast.delivery.StatementApplication.Refused;
import io.handfast.delivery.StatementApplication.Result;
import io.handfast.message.BrokerException;
import io.handfast.message.Message;
import io.handfast.message.MessageCopy;
import io.handfast.message.SourceSession;
import io.handfast.message.UnusableMessageException;
import io.handfast.transaction.ErrorText;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.TransactionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One unit of a delivery, step by step: messages are received, applied or refused, and settled.
 *
 * <p>A consumer runs it in one go ({@link #run}). For a client that pulls the steps are apart
 * ({@link #take}, {@link #answered}), and the client's transaction commits. Used by one thread at a
 * time.
 */
final class DeliveryUnit {

  /** Another consumer has applied the duplicate of a message in the meantime. */
  static final class AppliedMeanwhileException extends Exception {

    private static final long serialVersionUID = 1L;

    AppliedMeanwhileException(Collection<String> ids) {
      super("applied meanwhile by another consumer: " + ids);
    }
  }

  /**
   * Statements were refused in a unit whose source was prepared already, so it can send nothing.
   */
  static final class PreparedTooSoonException extends Exception {

    private static final long serialVersionUID = 1L;

    PreparedTooSoonException(List<Refused> refused) {
      super("refused after the source was prepared: " + refused.get(0).cause());
    }
  }

  /** A client has not applied the dead letter that it was handed, or it is gone. */
  static final class DeadLetterException extends Exception {

    private static final long serialVersionUID = 1L;

    DeadLetterException(String message) {
      super(message);
    }
  }

  private final DeliveryParts delivery;
  private final UnitOfWork work;
  private final @Nullable String inboxDatabase;
  private final DeferredMessages deferred;
  private final List<Refused> exhausted = new ArrayList<>();
  private Batch batch = new Batch(List.of());
  private List<String> pruned = List.of();
  private boolean isCommitSent;
  private @Nullable String letter;

  /**
   * A unit that has received nothing yet.
   *
   * @param inboxDatabase where idempotency recognises duplicates; null under other protocols
   */
  DeliveryUnit(DeliveryParts delivery, UnitOfWork work, @Nullable String inboxDatabase) {
    this.delivery = delivery;
    this.work = work;
    this.inboxDatabase = inboxDatabase;
    this.deferred = delivery.deferred();
  }

  Batch batch() {
    return batch;
  }

  /** Messages that the broker has released and that are certainly not applied. */
  List<Message> orphans() {
    return batch.isAcknowledged() && !isCommitSent ? batch.inFlight() : List.of();
  }

  /**
   * Runs a consumer's unit to its outcome.
   *
   * @param acknowledged messages that an earlier unit has acknowledged and not applied: these come
   *     first, and are taken out
   */
  Outcome run(Sink sink, int max, Duration wait, Deque<Message> acknowledged) {
    boolean isApplied = false;
    try {
      if (!receive(max, wait, acknowledged)) {
        return new Outcome.Nothing();
      }
      apply(sink);
      isApplied = true;
    } catch (Exception e) {
      return new Outcome.RolledBack(e);
    } finally {
      if (!isApplied) {
        work.rollback();
      }
    }
    isCommitSent = true;
    return work.commit();
  }

  /**
   * Applies a dead letter together with its removal from the table.
   *
   * @param number the letter's
   * @return what came of it; nothing where the letter is gone
   */
  Outcome replay(Sink sink, String number, Message message) {
    boolean isApplied = false;
    try {
      TransactionId id = work.id().orElse(null);
      String database = Objects.requireNonNull(delivery.specification().databaseName());
      if (!work.database(database).deadLetters().remove(number)) {
        return new Outcome.Nothing();
      }
      batch = new Batch(delivery.events().received(id, List.of(message), Scheduling.nanoTime()));
      boolean isRecorded = delivery.specification().isLeased(); // since it became a dead letter
      if (inboxDatabase != null && !isRecorded && message.deduplicationProblem() == null) {
        Inbox inbox = inbox(inboxDatabase);
        batch.recognise(inbox.record(ids(batch.inFlight()), Inbox.Terms.GONE_AT_ONCE));
      }
      if (batch.copies().isEmpty()) { // else another copy was applied meanwhile
        applyAgain(sink, message);
      }
      isApplied = true;
    } catch (Exception e) {
      return new Outcome.RolledBack(e);
    } finally {
      deferred.forget(batch); // what this attempt has counted
      if (!isApplied) {
        undoReplay();
      }
    }
    return work.commit();
  }

  /** The next replay in the session must not commit the removal of this letter. */
  private void undoReplay() {
    work.rollback();
    String database = delivery.specification().databaseName();
    if (delivery.specification().isLeased() && database != null) {
      try {
        work.database(database).rollback();
      } catch (Exception e) {
        throw new IllegalStateException("not rolled back: " + ErrorText.readable(e), e);
      }
    }
  }

  private void applyAgain(Sink sink, Message message) throws Exception {
    batch.applied(sink.apply(work, batch, List.of(message)));
    for (Refused refused : batch.refused()) {
      throw new UnskippableMessageException(message, refused.cause());
    }
    forward();
  }

  private boolean receive(int max, Duration wait, Deque<Message> acknowledged) throws Exception {
    long asked = Scheduling.nanoTime();
    SourceSession messages = work.messages(); //  start the broker's branch
    boolean isAgain = !acknowledged.isEmpty();
    List<Message> received = new ArrayList<>();
    if (isAgain) {
      while (received.size() < max && !acknowledged.isEmpty()) {
        received.add(acknowledged.removeFirst());
      }
    } else {
      messages.settled(); //                      the unit before is over
      received = messages.receive(work.atMost(max), wait); // receive
    }
    if (received.isEmpty()) {
      return false;
    }
    batch = new Batch(delivery.events().received(work.id().orElse(null), received, asked));
    if (isAgain) {
      batch.acknowledged();
    }
    String database = delivery.specification().databaseName();
    if (database != null) { //                    only now: nothing received needs no branch
      work.database(database); //                 start the database's branch
    }
    if (work.received()) { //                     at-most-once acknowledges, and awaits the reply
      batch.acknowledged();
    }
    if (inboxDatabase != null) { //               insert the ids; those there are duplicates
      pruned = delivery.opening().inbox().takeConfirmed();
      batch.recognise(record(inbox(inboxDatabase), batch.inFlight()));
    }
    return true;
  }

  private Inbox inbox(String database) throws Exception {
    return work.database(database).inbox(delivery.name());
  }

  /**
   * Records messages with the rows, and removes what the broker has released; returns duplicates.
   */
  private Set<String> record(Inbox inbox, List<Message> messages) throws Exception {
    InboxState state = delivery.opening().inbox();
    state.settle(inbox, pruned);
    return inbox.record(ids(messages), state.terms(messages));
  }

  private static List<String> ids(Collection<Message> messages) {
    return messages.stream().map(Message::deduplicationId).toList();
  }

  private void apply(Sink sink) throws Exception {
    long begun = Scheduling.nanoTime();
    try {
      List<Message> held = applyAll(sink);
      while (!held.isEmpty()) {
        beginWithout(held);
        held = applyAll(sink);
      }
    } catch (Exception e) {
      if (e instanceof UnskippableMessageException trouble && delivery.specification().isLeased()) {
        work.messages().hold(trouble.held(), delivery.specification().retry().delay());
      }
      delivery.events().applied(batch, begun, e);
      throw e;
    }
    delivery.events().applied(batch, begun, null);
  }

  /** The source keeps messages for later; what was done for others is undone, and done again. */
  private void beginWithout(List<Message> held) throws Exception {
    for (Message message : held) {
      work.messages().hold(message, delivery.specification().retry().delay());
    }
    batch.hold(held);
    String database = Objects.requireNonNull(delivery.specification().databaseName());
    work.database(database).rollback();
    if (inboxDatabase != null) {
      batch.recognise(record(inbox(inboxDatabase), batch.notHeld()));
    }
  }

  /** Applies the unit; returns messages that their source is to keep, and has done no good then. */
  private List<Message> applyAll(Sink sink) throws Exception {
    InboxState inboxState = delivery.opening().inbox();
    if (inboxState.hasLeftovers()) {
      batch.recognise(inboxState.leftovers());
    }
    List<Message> toApply = deferred.withoutExhausted(batch);
    boolean isPreparedEarly =
        sendsNothing(toApply) && delivery.opening().isPreparedEarly() && work.sourceDone();
    Result result = sink.apply(work, batch, toApply);
    batch.applied(deferred.withExhausted(batch, result));
    List<Message> held = deferred.toHold(batch);
    if (!held.isEmpty()) {
      return held;
    }
    if (isPreparedEarly && !batch.refused().isEmpty()) {
      throw new PreparedTooSoonException(batch.refused());
    }
    for (Refused refused : batch.refused()) {
      deferred.deferOrHold(batch, refused, work);
    }
    if (inboxDatabase != null && !delivery.specification().isLeased()) {
      // What is deferred comes again, and must not be taken for a duplicate then. A dead letter of
      // a message that was leased is known by its id: where it is not deleted, it comes again.
      inbox(inboxDatabase).remove(ids(batch.refused().stream().map(Refused::message).toList()));
    }
    forward();
    return List.of();
  }

  /** Whether nothing is sent where the statements accept what is to be applied. */
  private boolean sendsNothing(List<Message> toApply) {
    DeliverySpecification specification = delivery.specification();
    return specification.forward() == null
        && specification.handler() == null
        && toApply.size() == batch.toApply().size();
  }

  private void forward() throws Exception {
    String forward = delivery.specification().forward();
    if (forward != null) {
      forward(forward, batch.applied());
      if (delivery.specification().isOfBroker()) {
        // The first copy's sending died with its session. Elsewhere it was prepared, and decided
        // with the rows; or what comes again is applied again.
        forward(forward, batch.copies());
      }
    }
  }

  private void forward(String queue, List<Message> applied) throws Exception {
    for (Message message : applied) {
      Map<String, String> context = delivery.events().contextOf(batch.received(), message);
      MessageCopy copy = new MessageCopy(message, MessageCopy.Kind.FORWARD, context);
      send(queue, copy);
    }
  }

  /** What is no queue of the broker's hands its messages out again: none is moved aside there. */
  private void send(String queue, MessageCopy copy) throws Exception {
    try {
      work.target().send(queue, copy);
    } catch (UnusableMessageException e) {
      Message message = copy.original();
      if (delivery.specification().isOfBroker()) {
        throw e;
      }
      deferred.deadLetter(message, ErrorText.readable(e));
      throw new UnskippableMessageException(message, ErrorText.readable(e));
    }
  }

  /**
   * Takes messages for a client.
   *
   * @return those that the client is to see
   */
  List<Message> take(int max, Duration wait) throws Exception {
    SourceSession messages = work.messages();
    messages.consume(delivery.specification().source());
    List<Message> received = messages.receive(max, wait);
    if (received.isEmpty()) {
      return received;
    }
    messages.expect(Duration.ZERO); // the client thinks about these, and asks for no other
    batch = new Batch(received);
    if (inboxDatabase != null) { // looked up only: recorded now, they would lock others out
      batch.recognise(inbox(inboxDatabase).known(ids(received)));
    }
    for (Refused one : deferred.exhausted(batch.toApply())) {
      if (!delivery.specification().isLeased()) { // else one before it in its group may be refused
        deferred.deferOrHold(batch, one, work);
      }
      exhausted.add(one);
    }
    return deferred.withoutExhausted(batch);
  }

  /**
   * Takes a dead letter for a client instead; it is removed with what the client does.
   *
   * @param number the letter's
   */
  List<Message> takeLetter(String number, Message message) {
    letter = number;
    batch = new Batch(List.of(message));
    return batch.inFlight();
  }

  private void removeLetter(String number, List<Message> messages, Map<String, String> causes)
      throws Exception {
    if (!causes.isEmpty()) {
      batch.hold(messages); // its attempts are used up: none is counted
      throw new DeadLetterException(
          "it is refused again and stays a dead letter: " + causes.values().iterator().next());
    }
    String database = Objects.requireNonNull(delivery.specification().databaseName());
    if (!work.database(database).deadLetters().remove(number)) {
      throw new DeadLetterException("the dead letter is gone: another has applied or removed it");
    }
    batch.applied(new Result(messages, List.of()));
  }

  /**
   * Whether there were messages that the client is not to see. A second copy is one where it keeps
   * those behind it in its group from coming as long as it is leased.
   */
  boolean hasHopeless() {
    boolean isLeased = delivery.specification().isLeased();
    return !exhausted.isEmpty() || isLeased && !batch.copies().isEmpty();
  }

  /**
   * The client is done with its messages: those that it refuses are deferred in the transaction
   * that acknowledges the others.
   *
   * @param causes why messages are refused, by their ids
   * @throws UnskippableMessageException one is refused that others must not overtake
   */
  void answered(List<Message> messages, Map<String, String> causes) throws Exception {
    if (letter != null) {
      removeLetter(letter, messages, causes);
      return;
    }
    work.messages().requireConsumer();
    boolean isLeased = delivery.specification().isLeased();
    List<Message> applied = new ArrayList<>();
    List<Refused> refused = new ArrayList<>(exhausted);
    for (Message message : messages) {
      String cause = causes.get(message.id());
      if (cause == null) {
        applied.add(message);
      } else if (deferred.mustHold(message) && !deferred.isLastAttempt(message)) {
        throw new UnskippableMessageException(message, cause);
      } else {
        Refused one = new Refused(message, cause, false);
        if (!isLeased) {
          deferred.deferOrHold(batch, one, work);
        }
        refused.add(one);
      }
    }
    batch.applied(new Result(applied, refused));
    if (isLeased) {
      holdRefused();
    }
    if (inboxDatabase != null) {
      InboxState state = delivery.opening().inbox();
      if (state.isTimeUnknown()) { // the delivery was resumed after the transaction was begun
        state.note(inbox(inboxDatabase).now());
      }
      pruned = state.takeConfirmed();
      Set<String> known = record(inbox(inboxDatabase), isLeased ? batch.toApply() : applied);
      if (!known.isEmpty()) {
        throw new AppliedMeanwhileException(known);
      }
    }
  }

  /**
   * What the client refuses stays at its source, with what is behind it in its group, and is a dead
   * letter after its last attempt.
   *
   * @throws UnskippableMessageException the client has applied one of those behind it
   */
  private void holdRefused() throws Exception {
    Map<String, String> causes = batch.causes();
    List<Message> held = deferred.toHold(batch);
    for (Message message : held) {
      work.messages().hold(message, delivery.specification().retry().delay());
    }
    batch.hold(held);
    for (Message message : held) {
      if (!causes.containsKey(message.id())) {
        Message first =
            held.stream()
                .filter(one -> Objects.equals(one.group(), message.group()))
                .findFirst()
                .orElseThrow();
        throw new UnskippableMessageException(
            first,
            "%s; the messages of its group behind it must not overtake it, and come again after it"
                .formatted(causes.get(first.id())));
      }
    }
    List<Refused> dead = new ArrayList<>(batch.refused());
    dead.removeIf(one -> held.contains(one.message()));
    batch.applied(new Result(batch.applied(), dead));
    for (Refused one : dead) {
      deferred.deferOrHold(batch, one, work);
    }
  }

  /** None of it takes effect, and its sessions are free. */
  void rollback() {
    work.rollback();
  }

  /** Commits a unit that no transaction of a client commits, with a failure where it does not. */
  void commit() throws BrokerException {
    Outcome outcome = work.commit();
    require(outcome);
    over(outcome);
  }

  /** Sees that a unit is committed. */
  static void require(Outcome outcome) throws BrokerException {
    if (outcome.cause() instanceof BrokerException failure) {
      throw failure;
    }
    if (outcome.cause() != null) {
      throw new BrokerException(outcome.reason(), outcome.cause());
    }
  }

  /** Counts and forgets what belongs to a unit that is over. */
  void over(Outcome outcome) {
    InboxState inboxState = delivery.opening().inbox();
    if (outcome instanceof Outcome.Committed || outcome instanceof Outcome.Decided) {
      if (inboxDatabase != null && outcome instanceof Outcome.Committed) {
        inboxState.confirmed(batch.goneIds()); // the broker has let the messages go
      }
      deferred.forget(batch);
      delivery.interruption().tellDeadLetters(batch);
      delivery.countCommitted(batch);
    } else {
      if (outcome instanceof Outcome.RolledBack) {
        inboxState.confirmed(pruned); // not removed: a later unit does it
      }
      batch.countRolledBack(delivery.counters());
    }
  }
}
