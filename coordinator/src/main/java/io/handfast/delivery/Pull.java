package io.handfast.delivery;

import io.handfast.coordination.AlreadyBegunException;
import io.handfast.coordination.ClientTransaction;
import io.handfast.coordination.ClientTransactions;
import io.handfast.coordination.LocalWork;
import io.handfast.coordination.TransactionEndedException;
import io.handfast.coordination.Work;
import io.handfast.database.Database;
import io.handfast.database.DatabaseSession;
import io.handfast.database.Inbox;
import io.handfast.message.Broker;
import io.handfast.message.Intake;
import io.handfast.message.MessageSession;
import io.handfast.message.ReceivedMessage;
import io.handfast.node.DrainingException;
import io.handfast.node.NodeConfig;
import io.handfast.node.Participants;
import jakarta.jms.JMSException;
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
      return new Pulled(null, receiveForGood(max, wait), this::attempt);
    }
    Optional<ClientTransaction> known =
        chosenId == null ? Optional.empty() : transactions.find(chosenId);
    if (known.isPresent()) {
      return again(known.get());
    }
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
            return !transaction.messages().isEmpty() || delivery.isStopping();
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
    return new Pulled(isFilled ? transaction : null, transaction.messages(), this::attempt);
  }

  private int attempt(ReceivedMessage message) {
    return setAside.failuresOf(message) + 1;
  }

  /**
   * Answers the messages that a call with this id has taken before.
   *
   * @throws DrainingException there was none
   */
  Pulled again(@Nullable String chosenId) throws Exception {
    if (chosenId == null) {
      throw new DrainingException();
    }
    return again(transactions.find(chosenId).orElseThrow(DrainingException::new));
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
              Inbox inbox = new Inbox(session, delivery.name());
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
    List<String> gone = delivery.inbox().takeConfirmed();
    if (gone.isEmpty()) {
      return;
    }
    boolean isDone = false;
    Database database = participants.database(NodeConfig.DEFAULT_DATABASE).orElseThrow();
    try (DatabaseSession session = database.openLocal()) {
      new Inbox(session, delivery.name()).remove(gone);
      session.commit();
      isDone = true;
    } finally {
      if (!isDone) {
        delivery.inbox().confirmed(gone);
      }
    }
  }

  private void take(
      ClientTransaction transaction, PullSettlement settlement, Work work, int max, Duration slice)
      throws Exception {
    MessageSession session = work.messages();
    session.consume(delivery.specification().source());
    List<ReceivedMessage> received = session.receive(max, slice);
    if (received.isEmpty()) {
      return;
    }
    Set<String> known = Set.of();
    if (delivery.specification().isIdempotency()) {
      List<String> ids = received.stream().map(ReceivedMessage::deduplicationId).toList();
      known = new Inbox(work.database(NodeConfig.DEFAULT_DATABASE), delivery.name()).known(ids);
    }
    transaction.received(settlement.receive(received, known, session));
  }

  private List<ReceivedMessage> receiveForGood(int max, Duration wait) throws JMSException {
    Broker broker = participants.broker();
    try (MessageSession session = broker.openLocal(Intake.ON_DEMAND)) {
      session.consume(delivery.specification().source());
      List<ReceivedMessage> received = session.receive(max, wait);
      if (!received.isEmpty()) {
        session.commit();
        Unit unit = new Unit(received);
        unit.applied(new StatementApplication.Result(received, List.of()));
        unit.countCommitted(delivery.counters());
      }
      return received;
    }
  }
}
