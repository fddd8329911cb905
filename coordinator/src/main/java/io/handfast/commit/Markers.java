package io.handfast.commit;

import io.handfast.database.Database;
import io.handfast.database.DatabaseSession;
import io.handfast.database.Marker;
import io.handfast.log.DecisionLog.Verdict;
import io.handfast.node.NodeIdentity;
import io.handfast.node.Participants;
import io.handfast.transaction.ErrorText;
import io.handfast.transaction.MarkedBranch;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Asks the markers of this node's databases whether units of local commit are committed.
 *
 * <p>Asking takes the slot from its owner: a unit that the owner has not committed by then never
 * will be. So the answer stays true, whichever node asks, and whether the owner lives or not.
 * Thread-safe.
 *
 * @param participants with the databases that may have the marker
 */
public record Markers(Participants participants) {

  private static final Logger LOG = Logger.getLogger(Markers.class);

  /**
   * What a marker says.
   *
   * @param verdict whether the unit is committed
   * @param reason why that is not known; empty where it is
   * @param wasAsked whether a node had asked before, which then has ended the branch or will
   */
  public record Answer(Verdict verdict, String reason, boolean wasAsked) {

    private static Answer unknown(String reason) {
      return new Answer(Verdict.UNKNOWN, reason, false);
    }
  }

  /** Asks the database whose marker the branch names; waits a few seconds at most. */
  public Answer ask(MarkedBranch branch) {
    List<String> others = new ArrayList<>();
    boolean isAway = false;
    for (String name : participants.databaseNames()) {
      Database database = participants.database(name).orElseThrow();
      try (DatabaseSession session = database.openLocal()) {
        Optional<String> table = session.marker().table();
        if (table.filter(branch.table()::equals).isPresent()) {
          return judged(branch, session.marker().takeOver(branch.slot()), database.name());
        }
        others.add(
            database.name()
                + table.map(other -> " has " + other).orElse(" has no handfast_marker"));
      } catch (SQLException e) {
        isAway = true;
        others.add("%s cannot be asked: %s".formatted(database.name(), ErrorText.readable(e)));
      }
    }
    return Answer.unknown(
        (isAway
                ? "the database with its marker table %s cannot be asked now (%s)"
                : "its marker table %s is at no database of this node (%s)")
            .formatted(branch.table(), String.join("; ", others)));
  }

  /**
   * Takes slots over that were not written for a day, and removes those that were taken over a day
   * ago.
   *
   * @param namespace of the broker whose branches are known
   * @param branches every branch that this broker holds prepared
   */
  public void tidy(String namespace, Collection<MarkedBranch> branches) {
    Set<String> held = branches.stream().map(MarkedBranch::slot).collect(Collectors.toSet());
    for (String name : participants.databaseNames()) {
      try (DatabaseSession session = participants.database(name).orElseThrow().openLocal()) {
        Marker marker = session.marker();
        if (marker.table().isPresent()) {
          for (String slot : marker.idle(namespace, true)) {
            if (!held.contains(slot)) {
              marker.remove(slot);
            }
          }
          for (String slot : marker.idle(namespace, false)) {
            marker.takeOver(slot);
          }
        }
      } catch (SQLException e) {
        LOG.debugf("slots not tidied database=%s: %s", name, ErrorText.readable(e));
      }
    }
  }

  /**
   * The slot of a client's transaction, at whichever database has it; empty where none is known to.
   * One that an earlier start of this node has left open is ended, so that it tells the outcome.
   */
  public Optional<Marker.Found> find(String name, NodeIdentity identity) {
    for (String database : participants.databaseNames()) {
      try (DatabaseSession session = participants.database(database).orElseThrow().openLocal()) {
        Optional<Marker.Found> found = session.marker().find(name);
        if (found.filter(slot -> isLeftOpen(slot, identity)).isPresent()) {
          session.marker().takeOver(found.get().id());
          found = session.marker().find(name);
        }
        if (found.isPresent()) {
          return found;
        }
      } catch (SQLException e) {
        LOG.debugf("slot not looked for database=%s: %s", database, ErrorText.readable(e));
      }
    }
    return Optional.empty();
  }

  private static boolean isLeftOpen(Marker.Found slot, NodeIdentity identity) {
    return slot.committed() == 0
        && !slot.isTakenOver()
        && slot.owner().startsWith(identity.node() + ' ')
        && !slot.owner().equals(identity.startText());
  }

  private static Answer judged(MarkedBranch branch, Optional<Marker.Row> row, String database) {
    if (row.isEmpty()) {
      return Answer.unknown(
          "the row of its slot %s is missing in handfast_marker of %s: the table was emptied, or is of another back-up"
              .formatted(branch.slot(), database));
    }
    if (row.get().unit().equals(branch.unit())) {
      return new Answer(Verdict.COMMIT, "", row.get().wasTaken());
    }
    if (row.get().committed() >= branch.committed()) {
      return new Answer(Verdict.NONE, "", row.get().wasTaken());
    }
    return Answer.unknown(
        "its slot %s has %d committed units in handfast_marker of %s and had %d when it began: the database was restored from a back-up"
            .formatted(branch.slot(), row.get().committed(), database, branch.committed()));
  }
}
