package io.handfast.commit;

import io.handfast.database.Positions.Place;
import io.handfast.message.PositionedSession.Advance;
import io.handfast.message.PositionedSession.Partition;
import java.time.Duration;
import java.util.List;

/**
 * Begins units whose messages come from partitions that keep them: how far each was applied is
 * written beside the rows, in the same local transaction of the database ({@link PositionUse}).
 *
 * <p>Exactly-once needs no more than that. The commit is the decision: before it rows and positions
 * are as they were, after it both are new, and the next owner of a partition begins where its row
 * says. A unit whose partition another has taken meanwhile, since it took this consumer for dead,
 * finds another term and token in the row and is rolled back. The weaker guarantees write the same
 * rows, so that a delivery may change its guarantee; they tell the source as well, and wait for it.
 *
 * <p>Messages that such a unit sends are in a session of their own, since the source takes none.
 * Under exactly-once that is a branch of the broker, which is prepared before the decision and
 * whose marker is written beside rows and positions ({@link BrokerBranches}).
 *
 * @param localCommit what a branch of the broker needs
 */
public record PositionCommit(LocalCommit localCommit) {

  /** When positions move, and when the source is told. */
  public enum Order {
    /** Exactly-once: with the rows; the source is told afterwards, for people who ask it. */
    WITH_ROWS,
    /**
     * At-least-once: what is sent is committed first; with the rows; then the source keeps them.
     */
    AFTER_ROWS,
    /**
     * At-most-once: the source keeps them, then they move; rows; what is sent is committed last.
     */
    BEFORE_APPLYING
  }

  /**
   * Whose units these are.
   *
   * @param delivery the delivery's name
   */
  public record Reader(String delivery, String topic, String group) {

    /** The row of a partition. */
    public Place place(Partition of) {
      return new Place(of.slot(), of.namespace(), delivery, topic, group);
    }
  }

  /**
   * Begins units on sessions: that of the database was opened for local transactions.
   *
   * @param database where rows and positions are
   * @param longest after this a unit that stands still is ended by its database, where that can
   */
  public Units on(
      Sessions sessions, String database, Reader reader, Order order, Duration longest) {
    PositionUse use = new PositionUse(sessions, database, reader, longest);
    BrokerBranches branches =
        sessions.preparesTarget()
            ? localCommit.branches(sessions, database, reader.delivery(), longest)
            : null;
    return new PositionUnits(localCommit, sessions, order, use, branches);
  }

  /**
   * One member of a group, for units of clients that think for long.
   *
   * @param opener opens a session at the source, and those of the database for local transactions
   */
  public SharedMember share(
      Sessions.Opener opener, String database, Reader reader, Duration longest) {
    return new SharedMember(this, opener, database, reader, longest);
  }

  /** Begins units whose partitions begin and rest elsewhere. */
  Units on(Sessions sessions, PositionUse use) {
    return new PositionUnits(localCommit, sessions, Order.WITH_ROWS, use, null);
  }

  /** Another consumer has taken a partition of the unit, since it took this one for dead. */
  public static final class PartitionTakenException extends Exception {

    private static final long serialVersionUID = 1L;

    PartitionTakenException(List<Advance> advances) {
      super(
          "another consumer has taken one of the partitions %s; the unit is rolled back, and they go on from where handfast_marker says"
              .formatted(advances.stream().map(one -> one.partition().label()).toList()));
    }
  }
}
