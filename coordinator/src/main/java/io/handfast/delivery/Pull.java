package io.handfast.delivery;

import io.handfast.commit.SequentialCommit;
import io.handfast.commit.SequentialCommit.Acknowledgement;
import io.handfast.commit.Sessions;
import io.handfast.commit.Units;
import io.handfast.concurrent.Deadline;
import io.handfast.coordination.ClientSessions;
import io.handfast.coordination.ClientSessions.Branches;
import io.handfast.coordination.ClientTransaction;
import io.handfast.coordination.ClientTransactionException;
import io.handfast.coordination.ClientTransactions;
import io.handfast.database.Positions.OtherGroupException;
import io.handfast.message.BrokerException;
import io.handfast.message.Message;
import io.handfast.message.PositionLostException;
import io.handfast.message.UnusableMessageException;
import io.handfast.node.Participants;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.RefusedException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The pull style of one delivery: a client asks for messages and settles them. Thread-safe; any
 * number of clients compete.
 */
final class Pull {

  /** For a message that the source has, which the broker hands out at once. */
  private static final Duration A_MOMENT = Duration.ofMillis(50);

  private final Delivery delivery;
  private final DeliveryParts parts;
  private final Participants participants;
  private final ClientTransactions transactions;

  /** The numbers of dead letters that the next clients get. */
  private final Queue<String> letters = new ConcurrentLinkedQueue<>();

  Pull(
      Delivery delivery,
      DeliveryParts parts,
      Participants participants,
      ClientTransactions transactions) {
    this.delivery = delivery;
    this.parts = parts;
    this.participants = participants;
    this.transactions = transactions;
  }

  /**
   * Takes messages for a client.
   *
   * @param wait how long to wait for the first
   * @param lease how long the client may keep them unsettled
   * @param chosenId makes a repeated call answer the same messages; null where it is not repeated
   */
  PulledMessages receive(int max, Duration wait, Duration lease, @Nullable String chosenId)
      throws Exception {
    boolean isForGood = parts.specification().guarantee() == Guarantee.AT_MOST_ONCE;
    Optional<ClientTransaction> known =
        chosenId == null || isForGood ? Optional.empty() : transactions.find(chosenId);
    if (known.isPresent()) {
      return again(known.get());
    }
    for (String letter = letters.poll(); letter != null; letter = letters.poll()) {
      Message message = parts.source().deadLetters().messageOf(letter);
      if (message != null) {
        return isForGood
            ? letterForGood(letter, message)
            : letter(letter, message, lease, chosenId);
      }
    }
    if (isForGood) {
      return new PulledMessages(null, receiveUsableForGood(max, wait), this::attempt);
    }
    Deadline deadline = Deadline.after(wait);
    PulledMessages pulled = receiveUsable(max, wait, lease, chosenId);
    while (pulled == null && !delivery.isStopping()) {
      boolean hasMoved = !parts.specification().isOfBroker() || setHopelessAside();
      Duration left = deadline.left();
      if (left.isZero() && !hasMoved) {
        break; // another consumer has them now
      }
      pulled = receiveUsable(max, left, lease, chosenId);
    }
    return pulled == null ? new PulledMessages(null, List.of(), this::attempt) : pulled;
  }

  /**
   * Gives dead letters to the next clients that ask, each in a transaction of its own that removes
   * it; one that is not committed stays.
   *
   * @param numbers which of them; all where there are none
   * @return how many they are
   */
  long replay(Collection<String> numbers) throws SQLException {
    List<String> found = new ArrayList<>(parts.source().deadLetters().numbersOf(numbers));
    found.removeAll(letters);
    letters.addAll(found);
    return found.size();
  }

  private PulledMessages letter(
      String number, Message message, Duration lease, @Nullable String chosenId) throws Exception {
    Units units = parts.opening().units(parts.opening().lazySessions());
    PulledUnit pulled = new PulledUnit(delivery, parts, units);
    boolean isBegun = false;
    try {
      ClientTransaction transaction = transactions.begin(chosenId, lease, pulled, units::begin);
      isBegun = true;
      transaction.call(
          work -> {
            pulled.takeLetter(transaction, work, number, message);
            return true;
          });
      return new PulledMessages(transaction, transaction.messages(), this::attempt);
    } catch (ClientTransactionException e) {
      return again(e);
    } finally {
      if (!isBegun) {
        letters.add(number);
        pulled.release();
      }
    }
  }

  private PulledMessages letterForGood(String number, Message message) throws Exception {
    try (Sessions sessions = localSessions()) {
      DeliveryUnit unit = localUnit(sessions);
      List<Message> taken = unit.takeLetter(number, message);
      unit.answered(taken, Map.of());
      unit.commit();
      return new PulledMessages(null, taken, this::attempt);
    }
  }

  /**
   * Moves messages that no client shall see from the head of the source to the dead letters, up to
   * the first other one. Those that came together with others are moved with the client's commit.
   *
   * @return whether there were any
   */
  private boolean setHopelessAside() throws Exception {
    int moved = 0;
    try (Sessions sessions = localSessions()) {
      while (!delivery.isStopping()) {
        DeliveryUnit unit = localUnit(sessions);
        List<Message> usable = unit.take(1, A_MOMENT);
        if (!unit.hasHopeless()) {
          sessions.rollback();
          break;
        }
        unit.answered(usable, Map.of());
        unit.commit();
        moved++;
      }
    }
    return moved > 0;
  }

  private Sessions localSessions() throws Exception {
    return parts.specification().isLeased()
        ? parts.opening().lazySessions()
        : new Sessions(new ClientSessions(participants, Branches.NONE, null));
  }

  /** A unit that acknowledges what it takes, and sends what no client shall see elsewhere. */
  private DeliveryUnit localUnit(Sessions sessions) {
    return new DeliveryUnit(
        parts, new SequentialCommit(sessions, Acknowledgement.AFTER_ROWS), null);
  }

  /** Null where only messages came that no client shall see, or that the broker had to move. */
  private @Nullable PulledMessages receiveUsable(
      int max, Duration wait, Duration lease, @Nullable String chosenId) throws Exception {
    try {
      return receiveOnce(max, wait, lease, chosenId);
    } catch (UnusableMessageException e) {
      if (!parts.moveAside(e)) {
        throw e;
      }
      return null;
    } catch (PositionLostException e) { // only an operator knows where to go on
      delivery.fail(PartitionPositions.lost(parts.name(), e));
      throw e;
    } catch (BrokerException e) {
      if (e.getCause() instanceof OtherGroupException refused) {
        delivery.fail(refused);
      }
      throw e;
    }
  }

  /** Null where only messages came that no client shall see. */
  private @Nullable PulledMessages receiveOnce(
      int max, Duration wait, Duration lease, @Nullable String chosenId) throws Exception {
    Units units = units();
    PulledUnit pulled = new PulledUnit(delivery, parts, units);
    ClientTransaction transaction;
    boolean isBegun = false;
    try {
      transaction =
          units == null
              ? begin(pulled, wait.plus(lease), chosenId)
              : transactions.begin(chosenId, wait.plus(lease), pulled, units::begin);
      isBegun = true;
    } catch (ClientTransactionException e) {
      return again(e);
    } finally {
      if (!isBegun) {
        pulled.release();
      }
    }
    boolean isFilled = false;
    Deadline deadline = Deadline.after(wait);
    try {
      transactions.waitInside(
          transaction,
          wait,
          (work, slice) -> {
            tendInbox();
            work.messages().expect(deadline.left());
            pulled.take(transaction, work, max, slice);
            return !transaction.messages().isEmpty()
                || pulled.hasHopeless()
                || delivery.isStopping();
          });
      if (!transaction.messages().isEmpty()) {
        transaction.extend(lease);
        transactions.keepName(transaction);
        isFilled = true;
      } else if (units != null && pulled.hasHopeless()) {
        moveOn(transaction);
      }
    } finally {
      if (!isFilled) {
        transactions.discard(transaction);
        tidyInbox();
      }
    }
    return !isFilled && pulled.hasHopeless()
        ? null
        : new PulledMessages(isFilled ? transaction : null, transaction.messages(), this::attempt);
  }

  /** The units that hold what is refused where it is; null where the source takes copies of it. */
  private @Nullable Units units() throws Exception {
    if (parts.specification().isPositioned()) {
      return parts.opening().member().units();
    }
    return parts.specification().isLeased()
        ? parts.opening().units(parts.opening().lazySessions())
        : null;
  }

  /** Moves on behind what no client is to see: it is a dead letter then, or gone. */
  private void moveOn(ClientTransaction transaction) throws BrokerException {
    Outcome outcome = transaction.commit();
    if (parts.specification().isLeased()) { // else it would be asked for again without a pause
      DeliveryUnit.require(outcome);
    }
  }

  private int attempt(Message message) {
    return parts.deferred().failuresOf(message) + 1;
  }

  /**
   * Answers the messages that a call with this id has taken before.
   *
   * @throws RefusedException there was none
   */
  PulledMessages again(@Nullable String chosenId) throws Exception {
    if (chosenId == null) {
      throw RefusedException.draining();
    }
    return again(transactions.find(chosenId).orElseThrow(RefusedException::draining));
  }

  /** The answer of the same call, which has begun the transaction a moment ago. */
  private PulledMessages again(ClientTransactionException refusal) throws Exception {
    if (refusal.reason() != ClientTransactionException.Reason.ALREADY_BEGUN) {
      throw refusal;
    }
    return again(refusal.transaction());
  }

  private PulledMessages again(ClientTransaction known) throws Exception {
    if (!known.status().isOpen()) {
      throw ClientTransactionException.ended(known);
    }
    return new PulledMessages(known, known.call(unused -> known.messages()), this::attempt);
  }

  private ClientTransaction begin(PulledUnit pulled, Duration lease, @Nullable String chosenId)
      throws Exception {
    DeliverySpecification specification = parts.specification();
    String database = specification.databaseName();
    if (specification.isLocalCommit() && database != null) {
      return transactions.beginLocalCommit(chosenId, database, parts.name(), lease, pulled);
    }
    return specification.isTwoPhaseCommit()
        ? transactions.beginTwoPhase(chosenId, lease, pulled)
        : transactions.beginLocal(chosenId, parts.inboxDatabase(), lease, pulled);
  }

  /** While nothing comes: removes from the inbox what the broker has released. */
  private void tidyInbox() throws Exception {
    String inbox = parts.inboxDatabase();
    if (inbox != null) {
      try (Sessions sessions = localSessions()) {
        parts.opening().removeConfirmed(sessions, inbox);
      }
    }
  }

  /** Before messages are asked for: what is recorded of them rests on the database's time. */
  private void tendInbox() throws Exception {
    if (parts.inboxDatabase() != null && parts.specification().isLeased()) {
      try (Sessions sessions = localSessions()) {
        parts.opening().tendInbox(sessions);
      }
    }
  }

  private List<Message> receiveUsableForGood(int max, Duration wait) throws Exception {
    try {
      return receiveForGood(max, wait);
    } catch (UnusableMessageException e) {
      if (!parts.moveAside(e)) {
        throw e;
      }
      return receiveForGood(max, wait);
    }
  }

  private List<Message> receiveForGood(int max, Duration wait) throws Exception {
    try (Sessions sessions = localSessions()) {
      DeliveryUnit unit = localUnit(sessions);
      List<Message> usable = unit.take(max, wait);
      if (!unit.batch().inFlight().isEmpty()) {
        unit.answered(usable, Map.of());
        unit.commit();
        if (parts.specification().isLeased()) {
          sessions.requireConsumer(); // it may have been another's before it was gone
        }
      }
      return usable;
    }
  }
}
