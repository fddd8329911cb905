package io.handfast.delivery;

import io.handfast.commit.Sessions;
import io.handfast.commit.Units;
import io.handfast.concurrent.Deadline;
import io.handfast.database.Database;
import io.handfast.database.DatabaseSession;
import io.handfast.database.DeadLetterTable.Letter;
import io.handfast.database.DeadLetterTable.Stored;
import io.handfast.message.Message;
import io.handfast.message.PartitionMessage;
import io.handfast.message.PositionedSession.Partition;
import io.handfast.message.PositionedSession.Position;
import io.handfast.node.Participants;
import io.handfast.transaction.ErrorText;
import io.handfast.transaction.Outcome;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The dead letters of a delivery whose source takes no messages: they are in a table of the sink's
 * database. Each call uses connections of its own.
 */
public record StoredDeadLetters(
    String delivery, DeliverySpecification specification, Participants participants) {

  private static final Logger LOG = Logger.getLogger(StoredDeadLetters.class);

  /** Longer than any handler has, and shorter than a caller's patience. */
  private static final Duration LONGEST_REPLAY = Duration.ofMinutes(1);

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
   * Applies dead letters as messages of the delivery, each in one unit with its removal: it is in
   * the table or has taken effect at any time. One that fails again stays.
   *
   * @param numbers which of them; all where there are none, as many as a call's time allows
   * @return how many were applied
   */
  long replay(Collection<String> numbers, DeliveryParts parts) throws Exception {
    try (Sessions sessions = parts.opening().lazySessions();
        Units units = parts.opening().units(sessions)) {
      return replay(numbers, parts, units);
    }
  }

  /** The same, in these units. */
  long replay(Collection<String> numbers, DeliveryParts parts, Units units) throws Exception {
    List<String> chosen =
        numbers.isEmpty()
            ? list(MOST_AT_ONCE).stream().map(Stored::number).toList()
            : List.copyOf(numbers);
    Deadline end = Deadline.after(LONGEST_REPLAY);
    long replayed = 0;
    try (DatabaseSession lookup = database().openLocal()) {
      for (String number : chosen) {
        Stored stored = end.isOver() ? null : find(number, lookup);
        if (stored != null
            && replay(
                stored, new DeliveryUnit(parts, units.begin(), parts.inboxDatabase()), parts)) {
          replayed++;
        }
      }
    }
    return replayed;
  }

  /** Those of them that are here, oldest first; up to a thousand where none are named. */
  List<String> numbersOf(Collection<String> numbers) throws SQLException {
    if (numbers.isEmpty()) {
      return list(MOST_AT_ONCE).stream().map(Stored::number).toList();
    }
    List<String> found = new ArrayList<>();
    try (DatabaseSession lookup = database().openLocal()) {
      for (String number : numbers) {
        if (find(number, lookup) != null) {
          found.add(number);
        }
      }
    }
    return found;
  }

  /** One of them as a message; null where it is not here any more. */
  @Nullable Message messageOf(String number) throws SQLException {
    try (DatabaseSession lookup = database().openLocal()) {
      Stored stored = find(number, lookup);
      return stored == null ? null : message(stored.letter());
    }
  }

  /** Leaves no transaction open, in which the row would be looked up as it was at its begin. */
  private @Nullable Stored find(String number, DatabaseSession lookup) throws SQLException {
    Stored found = lookup.deadLetters().find(delivery, number).orElse(null);
    lookup.commit();
    return found;
  }

  private boolean replay(Stored stored, DeliveryUnit unit, DeliveryParts parts) throws Exception {
    Outcome outcome = unit.replay(parts.sinks().get(), stored.number(), message(stored.letter()));
    parts.events().ended(unit.batch(), outcome);
    if (outcome.cause() != null) {
      LOG.infof(
          "dead letter not applied delivery=%s letter=%s: %s; it stays, unless a decided commit is under way",
          delivery, stored.number(), ErrorText.readable(outcome.cause()));
    }
    if (outcome instanceof Outcome.RolledBack || outcome instanceof Outcome.Nothing) {
      return false;
    }
    if (outcome instanceof Outcome.Committed || outcome instanceof Outcome.Decided) {
      boolean isCopy = !unit.batch().copies().isEmpty();
      if (isCopy) {
        LOG.infof(
            "dead letter is a second copy delivery=%s letter=%s: a message of the same id was applied meanwhile; it is removed",
            delivery, stored.number());
      }
      return !isCopy;
    }
    throw new SQLException(
        "whether dead letter %s was applied is not known yet: %s"
            .formatted(stored.number(), outcome.reason()),
        outcome.cause());
  }

  private Message message(Letter letter) {
    if (specification.isLeased()) {
      return new StoredMessage(letter);
    }
    Partition partition = Partition.ofSlot(letter.origin().slot(), specification.source().name());
    return new PartitionMessage(
        new Message.Place(partition, new Position(letter.origin().offset(), -1)),
        letter.key(),
        letter.body(),
        letter.headers(),
        -1,
        0,
        Objects.requireNonNull(specification.source().group()).idOf(letter.headers()));
  }
}
