package io.handfast.database;

import io.handfast.message.PositionedSession.Failed;
import io.handfast.message.PositionedSession.Position;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The port to the rows that tell how far partitions were applied, in the table of the {@link
 * Marker}.
 *
 * <p>A unit moves the positions of its partitions in the transaction of its rows, so that both are
 * there or neither is. A row has one owner at a time: taking it raises its term and draws another
 * token, so that the move of an earlier owner changes no row. Used by the thread of its session.
 */
public interface Positions {

  /**
   * Which partition a row is about, and who reads it.
   *
   * @param slot tells the partition from every other; at most 128 characters
   * @param namespace what the partition is in, such as a cluster; at most 64 characters are kept
   * @param delivery at most 64 characters
   * @param topic at most 255 characters
   * @param group whose position it is; at most 255 characters
   */
  record Place(String slot, String namespace, String delivery, String topic, String group) {}

  /**
   * What a row says.
   *
   * @param at where the next message is looked for
   * @param failed what is known of a message there, or further on
   */
  record Row(Position at, Failed failed) {

    /** A position at which no message has failed. */
    public static Row of(Position at) {
      return new Row(at, Failed.NONE);
    }

    /** What it says after a move, which leaves behind what it passes. */
    public Row movedTo(Position to) {
      return new Row(to, failed.offset() >= to.offset() ? failed : Failed.NONE);
    }
  }

  /**
   * A row that was taken.
   *
   * @param term of this taking
   * @param token drawn for this taking
   * @param row what it says
   */
  record Held(String slot, long term, String token, Row row) {

    /** The same after its owner has moved it. */
    public Held movedTo(Position to) {
      return with(row.movedTo(to));
    }

    /** The same with what its owner has written. */
    public Held with(Row written) {
      return new Held(slot, term, token, written);
    }
  }

  /** A unit's step in one partition. */
  record Move(Held held, Position to) {}

  /** The position of a partition is that of another group of consumers. */
  final class OtherGroupException extends Exception {

    private static final long serialVersionUID = 1L;

    public OtherGroupException(Place place, String owner) {
      super(
          "the position of '%s' in handfast_marker (slot %s) is that of group '%s' and not of '%s': one group of consumers applies a topic to a database; give this delivery that group, or another database"
              .formatted(place.topic(), place.slot(), owner, place.group()));
    }
  }

  /** The owner of a position is in the middle of a unit that has moved it. */
  final class OwnerInUnitException extends SQLException {

    private static final long serialVersionUID = 1L;

    public OwnerInUnitException(Place place, SQLException cause) {
      super(
          "the position of slot %s in handfast_marker is locked by a unit of its owner (%s)"
              .formatted(place.slot(), cause.getMessage()),
          cause.getSQLState(),
          cause);
    }
  }

  /**
   * Takes a row from its owner and commits that; waits two seconds for a commit of the owner that
   * is under way. Sets the session up for units that move it: their commits are forced, and a unit
   * that stands still does not keep its locks for ever.
   *
   * @param longest after this a unit that does nothing is ended by the server, where it can
   * @return what the row says, for as long as it is held; empty where there is no such row
   * @throws OtherGroupException nothing was taken
   * @throws OwnerInUnitException nothing was taken: that commit has not come
   * @throws SQLException nothing is known, and the owner may go on
   */
  Optional<Held> take(Place place, Duration longest) throws SQLException, OtherGroupException;

  /**
   * Sets the session up, as {@link #take} does, for units that move what another session has taken;
   * commits.
   */
  void setUp(Duration longest) throws SQLException;

  /** Inserts the row of each place that has none, without an owner, and commits that. */
  void create(Map<Place, Position> first) throws SQLException;

  /** What the rows of a topic say, by slot; those of a topic that was deleted are among them. */
  Map<String, Row> known(String namespace, String topic, String group) throws SQLException;

  /**
   * Says what the unit that begins will move, so that the database may do it in the round trip of
   * its statements.
   */
  default void announce(List<Move> moves) {}

  /**
   * Moves positions in the session's transaction, after the statements. The savepoint that they
   * were run after is released, since a statement that has committed by itself has lost it.
   *
   * @param moves in the order of their slots, which is the same for all units
   * @return false where one of the rows is held by another, or is gone: the unit must be rolled
   *     back
   * @throws TransactionLeftException a statement has ended the transaction
   */
  boolean move(List<Move> moves) throws SQLException, TransactionLeftException;

  /**
   * Keeps what is known of a message that has failed, and commits that.
   *
   * @return false where the row is held by another, or is gone
   */
  boolean fail(Held held, Failed failed) throws SQLException;

  /**
   * Sets positions, also those that are held, and commits that: no unit of an owner is committed
   * any more. A row that is not there yet is inserted.
   */
  void set(Map<Place, Position> positions) throws SQLException;

  /** Removes the rows of a topic and commits that. */
  void remove(String namespace, String topic, String group) throws SQLException;
}
