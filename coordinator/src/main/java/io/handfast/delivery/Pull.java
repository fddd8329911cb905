package io.handfast.delivery;

import io.handfast.concurrent.Deadline;
import io.handfast.coordination.AlreadyBegunException;
import io.handfast.coordination.ClientTransaction;
import io.handfast.coordination.ClientTransactions;
import io.handfast.coordination.LocalWork;
import io.handfast.coordination.TransactionEndedException;
import io.handfast.coordination.Work;
import io.handfast.database.Database;
import io.handfast.database.DatabaseSession;
import io.handfast.database.Inbox;
import io.handfast.delivery.StatementApplication.Refused;
import io.handfast.delivery.StatementApplication.Result;
import io.handfast.message.Broker;
import io.handfast.message.BrokerException;
import io.handfast.message.Intake;
import io.handfast.message.Message;
import io.handfast.message.SourceSession;
import io.handfast.message.UnusableMessageException;
import io.handfast.node.NodeConfig;
import io.handfast.node.Participants;
import io.handfast.transaction.RefusedException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The pull style of one delivery: a client asks for messages and settles them. Thread-safe; any
 * number of clients compete.
 */
final class Pull {

  /** For a message that the source has, which the broker hands out at once. */
  private static final Duration A_MOMENT = Duration.ofMillis(50);

  private final Delivery delivery;
  private final Participants participants;
  private final ClientTransactions transactions;
  private final SetAside setAside;

  Pull(
      Delivery delivery,
      Participants participants,
      ClientTransactions transactions,
      SetAside setAside) {
    this.delivery = delivery;
    this.participants = participants;
    this.transactions = transactions;
    this.setAside = setAside;
  }

  /**
   * Takes messages for a client.
   *
   * @param wait how long to wait for the first
   * @param lease how long the client may keep them unsettled
   * @param chosenId makes a repeated call answer the same messages; null where it is not repeated
   */
  Pulled receive(int max, Duration wait, Duration lease, @Nullable String chosenId)
      throws Exception {
    if (delivery.specification().guarantee() == Guarantee.AT_MOST_ONCE) {
      return new Pulled(null, receiveUsableForGood(max, wait), this::attempt);
    }
    Optional<ClientTransaction> known =
        chosenId == null ? Optional.empty() : transactions.find(chosenId);
    if (known.isPresent()) {
      return again(known.get());
    }
    Deadline deadline = Deadline.after(wait);
    Pulled pulled = receiveUsable(max, wait, lease, chosenId);
    while (pulled == null && !delivery.isStopping()) {
      boolean hasMoved = setHopelessAside();
      Duration left = deadline.left();
      if (left.isZero() && !hasMoved) {
        break; // another consumer has them now
      }
      pulled = receiveUsable(max, left, lease, chosenId);
    }
    return pulled == null ? new Pulled(null, List.of(), this::attempt) : pulled;
  }

  /**
   * Moves messages that no client shall see from the head of the source to the dead letters, up to
   * the first other one. Those that came together with others are moved with the client's commit.
   *
   * @return whether there were any
   */
  private boolean setHopelessAside() throws BrokerException, HeldMessageException {
    int moved = 0;
    try (SourceSession session = participants.broker().openLocal(Intake.ON_DEMAND)) {
      session.consume(delivery.specification().source());
      Unit unit = new Unit(session.receive(1, A_MOMENT));
      List<Refused> hopeless = setAside.hopeless(unit.inHand());
      while (!hopeless.isEmpty() && !delivery.isStopping()) {
        setAside.orHold(unit, hopeless.get(0), session);
        unit.applied(new Result(List.of(), hopeless));
        session.commit();
        setAside.forget(unit);
        unit.countCommitted(delivery.counters());
        moved++;
        unit = new Unit(session.receive(1, A_MOMENT));
        hopeless = setAside.hopeless(unit.inHand());
      }
      session.rollback();
    }
    return moved > 0;
  }

  /** Null where only messages came that no client shall see, or that the broker had to move. */
  private @Nullable Pulled receiveUsable(
      int max, Duration wait, Duration lease, @Nullable String chosenId) throws Exception {
    try {
      return receiveOnce(max, wait, lease, chosenId);
    } catch (UnusableMessageException e) {
      if (!delivery.moveAside(e)) {
        throw e;
      }
      return null;
    }
  }

  /** Null where only messages came that no client shall see. */
  private @Nullable Pulled receiveOnce(
      int max, Duration wait, Duration lease, @Nullable String chosenId) throws Exception {
    PullSettlement settlement = new PullSettlement(delivery, setAside);
    ClientTransaction transaction;
    boolean isBegun = false;
    try {
      transaction = begin(settlement, wait.plus(lease), chosenId);
      isBegun = true;
    } catch (AlreadyBegunException e) { // by the same call, a moment ago
      return again(e.transaction());
    } finally {
      if (!isBegun) {
        settlement.release();
      }
    }
    boolean isFilled = false;
    try {
      transactions.waitInside(
          transaction,
          wait,
          (work, slice) -> {
            take(transaction, settlement, work, max, slice);
            return !transaction.messages().isEmpty()
                || settlement.hasHopeless()
                || delivery.isStopping();
          });
      if (!transaction.messages().isEmpty()) {
        transaction.extend(lease);
        transactions.keepName(transaction);
        isFilled = true;
      }
    } finally {
      if (!isFilled) {
        transactions.discard(transaction);
        tidyInbox();
      }
    }
    return !isFilled && settlement.hasHopeless()
        ? null
        : new Pulled(isFilled ? transaction : null, transaction.messages(), this::attempt);
  }

  private int attempt(Message message) {
    return setAside.failuresOf(message) + 1;
  }

  /**
   * Answers the messages that a call with this id has taken before.
   *
   * @throws RefusedException there was none
   */
  Pulled again(@Nullable String chosenId) throws Exception {
    if (chosenId == null) {
      throw RefusedException.draining();
    }
    return again(transactions.find(chosenId).orElseThrow(RefusedException::draining));
  }

  private Pulled again(ClientTransaction known) throws Exception {
    if (!known.status().isOpen()) {
      throw new TransactionEndedException(known);
    }
    return new Pulled(known, known.call(unused -> known.messages()), this::attempt);
  }

  private ClientTransaction begin(
      PullSettlement settlement, Duration lease, @Nullable String chosenId) throws Exception {
    if (delivery.specification().isTwoPhaseCommit()) {
      return transactions.beginTwoPhase(chosenId, lease, settlement);
    }
    boolean usesInbox = delivery.specification().isIdempotency();
    LocalWork work =
        new LocalWork(
            participants,
            usesInbox ? NodeConfig.DEFAULT_DATABASE : null,
            (session, ids) -> {
              Inbox inbox = session.inbox(delivery.name());
              inbox.remove(settlement.prune());
              Set<String> known = inbox.record(ids);
              if (!known.isEmpty()) {
                throw new LocalWork.AppliedMeanwhileException(known);
              }
            });
    settlement.deduplicateIn(work);
    return transactions.beginLocal(chosenId, work, lease, settlement);
  }

  /** While nothing comes: removes from the inbox what the broker has let go. */
  private void tidyInbox() throws SQLException {
    List<String> gone = delivery.opening().inbox().takeConfirmed();
    if (gone.isEmpty()) {
      return;
    }
    boolean isDone = false;
    Database database = participants.database(NodeConfig.DEFAULT_DATABASE).orElseThrow();
    try (DatabaseSession session = database.openLocal()) {
      session.inbox(delivery.name()).remove(gone);
      session.commit();
      isDone = true;
    } finally {
      if (!isDone) {
        delivery.opening().inbox().confirmed(gone);
      }
    }
  }

  private void take(
      ClientTransaction transaction, PullSettlement settlement, Work work, int max, Duration slice)
      throws Exception {
    SourceSession session = work.messages();
    session.consume(delivery.specification().source());
    List<Message> received = session.receive(max, slice);
    if (received.isEmpty()) {
      return;
    }
    Set<String> known = Set.of();
    if (delivery.specification().isIdempotency()) {
      List<String> ids = received.stream().map(Message::deduplicationId).toList();
      known = work.database(NodeConfig.DEFAULT_DATABASE).inbox(delivery.name()).known(ids);
    }
    transaction.received(settlement.receive(received, known, session));
  }

  private List<Message> receiveUsableForGood(int max, Duration wait)
      throws BrokerException, HeldMessageException {
    try {
      return receiveForGood(max, wait);
    } catch (UnusableMessageException e) {
      if (!delivery.moveAside(e)) {
        throw e;
      }
      return receiveForGood(max, wait);
    }
  }

  private List<Message> receiveForGood(int max, Duration wait)
      throws BrokerException, HeldMessageException {
    Broker broker = participants.broker();
    try (SourceSession session = broker.openLocal(Intake.ON_DEMAND)) {
      session.consume(delivery.specification().source());
      Unit unit = new Unit(session.receive(max, wait));
      if (unit.inHand().isEmpty()) {
        return List.of();
      }
      List<Refused> hopeless = setAside.hopeless(unit.toApply());
      for (Refused one : hopeless) {
        setAside.orHold(unit, one, session);
      }
      unit.applied(new Result(setAside.withoutHopeless(unit), hopeless));
      session.commit();
      unit.countCommitted(delivery.counters());
      delivery.counted();
      return unit.applied();
    }
  }
}
