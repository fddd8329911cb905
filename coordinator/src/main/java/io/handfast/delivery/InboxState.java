package io.handfast.delivery;

import io.handfast.database.Inbox;
import io.handfast.database.Inbox.Terms;
import io.handfast.message.BrokerException;
import io.handfast.message.Message;
import io.handfast.message.Source;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which inbox ids of a delivery can be removed, and which an earlier protocol left; shared by its
 * consumers. Thread-safe.
 */
final class InboxState {

  /** Counts the messages of the source, those in flight included. */
  @FunctionalInterface
  interface SourceCount {
    long messages() throws BrokerException;
  }

  /**
   * For how long ids are kept.
   *
   * @param time after their messages are gone, where these may come again then
   */
  record Keeping(Duration time, Clock clock) {}

  private static final Duration BETWEEN_SWEEPS = Duration.ofSeconds(30);

  /** SQS keeps no message for longer, however it was handed out. */
  private static final Duration LONGEST_LEASED = Duration.ofDays(14);

  /** What the database's clock said when this node's said something. */
  private record Note(Instant node, Instant database) {}

  /** No unit takes more messages, so that this keeps up with them. */
  private static final int EXPIRED_AT_ONCE = 2 * DeliverySpecification.LARGEST_BATCH;

  private final Set<String> leftovers;
  private final Keeping keeping;
  private final boolean isPositioned;
  private final boolean isLeased;
  private final List<String> confirmed = new ArrayList<>();
  private Instant nextSweep;
  private Instant nextExpiry;
  private volatile @Nullable Note noted;

  /**
   * Begins with what is in the inbox though the delivery does not use it now.
   *
   * @param leftovers ids whose rows are committed and whose messages may come again
   */
  InboxState(Set<String> leftovers, Source source, Keeping keeping) {
    this.leftovers = Set.copyOf(leftovers);
    this.keeping = keeping;
    this.isPositioned = source.isPositioned();
    this.isLeased = source.isLeased();
    this.nextSweep = keeping.clock().instant();
    this.nextExpiry = nextSweep;
  }

  boolean hasLeftovers() {
    return !leftovers.isEmpty();
  }

  Set<String> leftovers() {
    return leftovers;
  }

  /**
   * How ids are recorded. A position is moved with them, so that their messages do not come again
   * by themselves. Those that were leased may, also where no node learns that they are gone; and a
   * consumer that stood still must not record them when their ids may have been removed again.
   */
  Terms terms(Collection<Message> messages) {
    if (isPositioned) {
      return Terms.GONE_AT_ONCE;
    }
    return isLeased
        ? new Terms(LONGEST_LEASED, asked(messages).plus(keeping.time()))
        : Terms.UNTIL_REMOVED;
  }

  /** When messages were asked for at the earliest, by the database's clock. */
  private Instant asked(Collection<Message> messages) {
    Note known = Objects.requireNonNull(noted, "no unit begins without a note");
    Instant asked = known.database();
    for (Message message : messages) {
      Instant byNode = message.receivedAt();
      if (byNode != null && byNode.isBefore(known.node())) {
        Instant before = known.database().minus(Duration.between(byNode, known.node()));
        asked = before.isBefore(asked) ? before : asked;
      }
    }
    return asked;
  }

  /** Whether it is time to ask the database for its time. */
  boolean isTimeDue() {
    Note known = noted;
    Duration between = shorter(BETWEEN_SWEEPS, keeping.time().dividedBy(8));
    return isLeased
        && (known == null || !keeping.clock().instant().isBefore(known.node().plus(between)));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** Whether the database was not asked for its time yet, and needs to be. */
  boolean isTimeUnknown() {
    return isLeased && noted == null;
  }

  /** The database has said what time it is. */
  void note(Instant database) {
    noted = new Note(keeping.clock().instant(), database);
  }

  /** Removes ids whose messages are gone; or notes it, where their ids are kept for a time. */
  void settle(Inbox inbox, Collection<String> gone) throws SQLException {
    if (isLeased) {
      inbox.gone(gone);
    } else {
      inbox.remove(gone);
    }
  }

  /** The source has confirmed that messages are gone: their ids are removed later. */
  synchronized void confirmed(Collection<String> ids) {
    if (!isPositioned) {
      confirmed.addAll(ids);
    }
  }

  /** The ids to remove, which are the caller's business from now on. */
  synchronized List<String> takeConfirmed() {
    List<String> taken = new ArrayList<>(confirmed);
    confirmed.clear();
    return taken;
  }

  /** Whether it is time to look for ids that a crash has left; true once in a while. */
  synchronized boolean isSweepDue() {
    Instant now = keeping.clock().instant();
    if (isPositioned || isLeased || now.isBefore(nextSweep)) {
      return false;
    }
    nextSweep = now.plus(BETWEEN_SWEEPS);
    return true;
  }

  /**
   * Whether it is time to remove ids that were kept for long enough; true once in a while, and for
   * one consumer.
   */
  synchronized boolean isExpiryDue() {
    Instant now = keeping.clock().instant();
    if (!isPositioned && !isLeased || now.isBefore(nextExpiry)) {
      return false;
    }
    nextExpiry = now.plus(shorter(BETWEEN_SWEEPS, keeping.time().dividedBy(2)));
    return true;
  }

  /** Removes some of the ids that were kept for long enough; the next call is due soon for more. */
  void expire(Inbox inbox) throws SQLException {
    Instant goneBefore = inbox.now().minus(keeping.time());
    if (inbox.expire(goneBefore, EXPIRED_AT_ONCE) == EXPIRED_AT_ONCE) {
      synchronized (this) {
        nextExpiry = keeping.clock().instant();
      }
    }
  }
}
