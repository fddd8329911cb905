package io.handfast.database;

import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a test or a simulation does to a {@link MemoryDatabase}: every call of the port passes here.
 *
 * <p>A method that throws a connection failure (state 08006) loses the connection.
 */
public interface MemorySeam {

  /** Does nothing; a lock that another unit holds is never waited for. */
  MemorySeam NONE = new MemorySeam() {};

  /** One call: what it does, and what becomes of it on the way there and back. */
  default void call(String call, MemorySession session, MemorySession.Work work)
      throws SQLException {
    before(call);
    work.run();
    after(call);
  }

  /** Before the database does what it is asked for; by throwing, the call is lost. */
  default void before(String call) throws SQLException {}

  /** After it was done; by throwing, the answer is lost. */
  default void after(String call) throws SQLException {}

  /** One run of a statement; by throwing, the database refuses it. */
  default void runs(String sql, List<@Nullable Object> values) throws SQLException {}

  /** Whether a slot of the marker that is taken over gets another term. */
  default boolean raisesTerm() {
    return true;
  }

  /** Whether a move of positions looks whether its rows are still held and where they were left. */
  default boolean comparesPositions() {
    return true;
  }

  /**
   * A unit needs a lock that another one holds.
   *
   * @return whether to look at the lock again; false where the time to wait is over
   */
  default boolean waits(String lock) {
    return false;
  }
}
