package io.handfast.delivery;

import io.handfast.database.Database;
import io.handfast.database.DatabaseSession;
import io.handfast.database.DeadLetterTable.Letter;
import io.handfast.database.DeadLetterTable.Stored;
import io.handfast.delivery.StatementApplication.Result;
import io.handfast.message.Message;
import io.handfast.message.PartitionMessage;
import io.handfast.message.PositionedSession.Partition;
import io.handfast.message.PositionedSession.Position;
import io.handfast.node.Participants;
import io.handfast.transaction.ErrorText;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jboss.logging.Logger;

/**
 * The dead letters of a delivery whose source takes no messages: they are in a table of the sink's
 * database. Each call uses a connection of its own.
 */
public record StoredDeadLetters(
    String delivery, DeliverySpecification specification, Participants participants) {

  private static final Logger LOG = Logger.getLogger(StoredDeadLetters.class);

  /** Further ones are applied by the next call, or removed in a further transaction. */
  private static final int MOST_AT_ONCE = 1_000;

  private Database database() {
    return participants.database(String.valueOf(specification.databaseName())).orElseThrow();
  }

  /** How many there are. */
  public long count() throws SQLException {
    try (DatabaseSession session = database().openLocal()) {
      return session.deadLetters().count(delivery);
    }
  }

  /** The first ones, oldest first. */
  public List<Stored> list(int max) throws SQLException {
    try (DatabaseSession session = database().openLocal()) {
      return session.deadLetters().list(delivery, max);
    }
  }

  /** Removes those that failed before a time, as many in a transaction as stay unnoticed. */
  void removeBefore(Instant time) throws SQLException {
    try (DatabaseSession session = database().openLocal()) {
      long removed = 0;
      int last = MOST_AT_ONCE;
      while (last == MOST_AT_ONCE) {
        last = session.deadLetters().removeBefore(delivery, time, MOST_AT_ONCE);
        session.commit();
        removed += last;
      }
      if (removed > 0) {
        LOG.warnf(
            "dead letters removed delivery=%s count=%d before=%s: handfast.dead-letters.keep is over, and they are gone",
            delivery, removed, time);
      }
    }
  }

  /**
   * Applies dead letters to the delivery's statements, each in one transaction with its removal: it
   * is a row of the one table or of the others at any time. One that fails again stays.
   *
   * @param numbers which of them; all where there are none
   * @return how many were applied
   */
  public long replay(Collection<String> numbers) throws Exception {
    long replayed = 0;
    try (DatabaseSession session = database().openLocal()) {
      List<String> chosen =
          numbers.isEmpty()
              ? session.deadLetters().list(delivery, MOST_AT_ONCE).stream()
                  .map(Stored::number)
                  .toList()
              : List.copyOf(numbers);
      session.rollback();
      for (String number : chosen) {
        Stored stored = session.deadLetters().find(delivery, number).orElse(null);
        if (stored != null && replay(session, stored)) {
          replayed++;
        }
      }
    }
    return replayed;
  }

  private boolean replay(DatabaseSession session, Stored stored) throws Exception {
    DeliverySpecification.Sink sink = Objects.requireNonNull(specification.sink());
    boolean isRemoved = session.deadLetters().remove(stored.number());
    Message message = message(stored.letter());
    Result result =
        new StatementApplication(sink, session, new SuspectMessages(sink.statements()))
            .apply(List.of(message));
    if (isRemoved && result.refused().isEmpty()) {
      session.commit();
      return true;
    }
    session.rollback();
    if (isRemoved) { // else another call has it
      LOG.infof(
          "dead letter not applied delivery=%s letter=%s: %s; it stays",
          delivery, stored.number(), ErrorText.readable(result.refused().get(0).cause()));
    }
    return false;
  }

  private Message message(Letter letter) {
    Partition partition = Partition.ofSlot(letter.origin().slot(), specification.source().name());
    return new PartitionMessage(
        new Message.Place(partition, new Position(letter.origin().offset(), -1)),
        letter.key(),
        letter.body(),
        letter.headers(),
        -1,
        0);
  }
}
