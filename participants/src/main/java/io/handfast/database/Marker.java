package io.handfast.database;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The port to the marker table of a database, which keeps the last committed unit of each slot.
 *
 * <p>A unit of local commit writes its id into the row of its slot, in the transaction of its rows:
 * whether the id is there tells whether the unit is committed, to any node and at any time later. A
 * slot has one owner at a time. Taking it over raises its term, so that the owner's next write
 * changes no row. Used by the thread of its session.
 */
public interface Marker {

  /**
   * Whose slot a row is, for people and for tidying up.
   *
   * @param namespace tells apart what shares a table and nothing else; at most 64 characters are
   *     kept
   * @param delivery at most 64 characters
   * @param owner the node, and which start of it
   * @param name by which the slot is found again; empty where it is known by its identity only
   */
  record Place(String namespace, String delivery, String owner, String name) {}

  /**
   * A row that its owner may write.
   *
   * @param table the identity of the table, 16 hexadecimal digits
   * @param id the identity of the slot, 16 hexadecimal digits; none is used twice
   */
  record Slot(String table, String id) {}

  /**
   * What a row says.
   *
   * @param committed how many units of the slot were committed
   * @param unit the id of the last of them; empty where there was none
   * @param wasTaken whether a node had taken the slot over before
   */
  record Row(long committed, String unit, boolean wasTaken) {}

  /**
   * A slot as its row shows it to any node.
   *
   * @param isTakenOver whether no unit of it will be committed any more
   */
  record Found(String id, String owner, long committed, boolean isTakenOver) {}

  /**
   * Where the marker was made, and where it is now: two databases after a restore from a dump.
   *
   * @param recorded the identity of the database in which the table got its own
   * @param present the identity of the database that it is in
   */
  record Origin(String recorded, String present) {

    /** Whether both are known and differ. */
    public boolean isForeign() {
      return !recorded.isEmpty() && !present.isEmpty() && !recorded.equals(present);
    }
  }

  /**
   * Under which protocol a node runs a delivery.
   *
   * @param owner the node's name
   */
  record Agreement(String delivery, String protocol, String owner) {}

  /** Another slot has this name. */
  final class NameTakenException extends Exception {

    private static final long serialVersionUID = 1L;

    NameTakenException(String name, SQLException cause) {
      super("there is a slot of the name '" + name + "' already", cause);
    }
  }

  /** The identity of the table; empty where this user sees no such table. */
  Optional<String> table() throws SQLException;

  /**
   * Inserts the row of a new slot and commits it, and sets the session up for units that write it:
   * their commits are forced, and a unit whose owner stands still does not keep its locks for ever.
   *
   * @param longest after this a unit that does nothing is ended by the server, where it can
   * @throws NameTakenException another slot has the place's name
   */
  Slot open(Place place, Duration longest) throws SQLException, NameTakenException;

  /** The slot of a name; empty where there is none, or no table. */
  Optional<Found> find(String name) throws SQLException;

  /**
   * A unit is to be written: the next statements of the session may take that along. Without an
   * effect where they do not; {@link #write} comes in any case.
   *
   * @param previous the unit that the row has
   */
  default void announce(Slot slot, String previous, String unit) {}

  /**
   * Writes a unit into the row of its slot, in the session's transaction, after the statements. The
   * savepoint that they were run after is released, since a statement that has committed by itself
   * has lost it.
   *
   * @param previous the unit that the row has
   * @return false where the slot was taken over, or its row is gone: the unit must be rolled back
   * @throws TransactionLeftException a statement has ended the transaction
   */
  boolean write(Slot slot, String previous, String unit)
      throws SQLException, TransactionLeftException;

  /**
   * Takes a slot from its owner and commits that; waits two seconds for a commit of the owner that
   * is under way.
   *
   * @return what the row says, for good; empty where there is no such row
   * @throws SQLException nothing is known, and the owner may go on
   */
  Optional<Row> takeOver(String slot) throws SQLException;

  /**
   * Slots that were not written for a day, some hundreds at most.
   *
   * @param isTakenOver whether those that were taken over a day ago, or those that were not
   */
  List<String> idle(String namespace, boolean isTakenOver) throws SQLException;

  /**
   * Removes the row of a slot that was taken over a day ago, and commits that: the broker lists no
   * branch of it, and none can arrive any more.
   */
  void remove(String slot) throws SQLException;

  /**
   * Removes the row of a slot that its owner leaves with no unit in doubt, and commits that. Does
   * nothing where the row was taken over.
   *
   * @param unit the unit that the row has
   */
  void close(Slot slot, String unit) throws SQLException;
}
