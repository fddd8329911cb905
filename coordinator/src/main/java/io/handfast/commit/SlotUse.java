package io.handfast.commit;

import io.handfast.database.DatabaseSession;
import io.handfast.database.Marker;
import io.handfast.database.Marker.Slot;
import io.handfast.database.TransactionLeftException;
import io.handfast.message.SourceSession;
import io.handfast.transaction.ErrorText;
import io.handfast.transaction.MarkedBranch;
import io.handfast.transaction.TransactionId;
import java.sql.SQLException;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The slot that the units of one pair of sessions write, one unit after the other.
 *
 * <p>A slot is left, and a fresh one opened, when what its row says may still be needed: a unit
 * that is not confirmed must not be overwritten. Used by one thread at a time.
 */
final class SlotUse {

  private static final Logger LOG = Logger.getLogger(SlotUse.class);

  /** After so many units a fresh row is taken, since one that is written for ever grows slow. */
  private static final int MOST_UNITS = 1_000;

  private final Sessions sessions;
  private final String database;
  private final Owner owner;
  private final Duration longest;
  private @Nullable Slot slot;
  private String last = "";
  private long committed;
  private long attempts;

  /**
   * Opens no slot yet.
   *
   * @param owner whose slots these are; one with a name has one unit, whose row tells its outcome
   *     to those who ask later
   * @param longest after this a unit that stands still is ended by its database, where that can
   */
  SlotUse(Sessions sessions, String database, Owner owner, Duration longest) {
    this.sessions = sessions;
    this.database = database;
    this.owner = owner;
    this.longest = longest;
  }

  /**
   * Who uses slots.
   *
   * @param delivery the delivery's name; empty where a client's transaction is meant
   * @param name the name of a client's transaction; empty for its id; null for a consumer
   */
  record Owner(String node, String delivery, @Nullable String name) {

    /** What the slot of a unit is found by; empty for a consumer's. */
    String nameFor(TransactionId unit) {
      if (name == null) {
        return "";
      }
      return name.isEmpty() ? unit.toString() : name;
    }
  }

  /** The branch of the next unit; the sessions have no work in them. */
  MarkedBranch next(TransactionId id) throws Exception {
    Slot known = slot;
    if (known == null || committed >= MOST_UNITS) {
      known = fresh(known, owner.nameFor(id));
    }
    return new MarkedBranch(known.table(), known.id(), committed, ++attempts, id);
  }

  private Slot fresh(@Nullable Slot before, String name) throws Exception {
    SourceSession broker = sessions.target();
    Marker marker = sessions.database(database).marker();
    if (before != null) {
      marker.close(before, last);
    }
    Marker.Place place =
        new Marker.Place(broker.xaResource().identity(), owner.delivery(), owner.node(), name);
    Slot opened = marker.open(place, longest);
    slot = opened;
    last = "";
    committed = 0;
    attempts = 0;
    return opened;
  }

  /** The unit of a branch is to be written; the next statements may take that along. */
  void announce(Marker marker, MarkedBranch branch) {
    Slot known = slot;
    if (known != null) {
      marker.announce(known, last, branch.unit());
    }
  }

  /** Writes the unit of a branch; false where the slot is not this one's any more. */
  boolean write(Marker marker, MarkedBranch branch) throws SQLException, TransactionLeftException {
    Slot known = slot;
    return known != null && marker.write(known, last, branch.unit());
  }

  /** The unit was decided and the broker has confirmed it: the next one may overwrite it. */
  void confirmed(MarkedBranch branch) {
    last = branch.unit();
    committed++;
  }

  /** What the row says, or may say, must not be overwritten: it belongs to recovery. */
  void leave() {
    slot = null;
  }

  /**
   * Removes the row, where the session is there that can; others are removed when they are old. The
   * row of a client's transaction stays, and tells of one that was not committed that it never will
   * be.
   */
  void close() {
    Slot known = slot;
    slot = null;
    DatabaseSession session = sessions.opened(database).orElse(null);
    if (known != null && session != null && session.isUsable()) {
      try {
        if (owner.name() == null) {
          session.marker().close(known, last);
        } else if (committed == 0) {
          session.marker().takeOver(known.id());
        }
      } catch (SQLException e) {
        LOG.debugf("slot not closed slot=%s: %s", known.id(), ErrorText.readable(e));
      }
    }
  }
}
