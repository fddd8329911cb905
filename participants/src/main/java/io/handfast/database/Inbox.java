package io.handfast.database;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The ids of committed messages, in the same database as their rows.
 *
 * <p>An id that is here when its message arrives marks a second copy. Ids are written in the
 * transaction of the rows. They are removed when the source has confirmed that the message is gone
 * and cannot come again; else a time after that, since a sender may repeat it, or a consumer that
 * stood still may still have it. Used by one thread, on a session of its own or of its unit.
 */
public interface Inbox {

  /**
   * How ids are recorded.
   *
   * @param gone after so long their messages do not come again by themselves, also where {@link
   *     #gone} is never called; null where only {@link #remove} ends them
   * @param before the database's time from which on it is too late to record; null for never
   */
  record Terms(@Nullable Duration gone, @Nullable Instant before) {

    /** They stay until they are removed. */
    public static final Terms UNTIL_REMOVED = new Terms(null, null);

    /** Their messages do not come again by themselves, once the transaction is committed. */
    public static final Terms GONE_AT_ONCE = new Terms(Duration.ZERO, null);
  }

  /** It is too late to record: ids of the same messages may have been removed already. */
  final class LateException extends Exception {

    private static final long serialVersionUID = 1L;

    LateException(Instant before) {
      super(
          "messages were received too long ago to be told from second copies (before %s by the database's clock); they come again"
              .formatted(before));
    }
  }

  /**
   * Records messages as applied, in the transaction of the session.
   *
   * <p>Ids are written in sorted order, so that two units with the same ids wait for each other and
   * do not deadlock.
   *
   * @return the ids that were there before, whose messages are second copies
   * @throws LateException it is too late; the transaction must be rolled back
   */
  Set<String> record(Collection<String> ids, Terms terms) throws SQLException, LateException;

  /** Removes ids, in the transaction of the session. */
  void remove(Collection<String> ids) throws SQLException;

  /** Their messages are gone from now on, by the database's clock; in the session's transaction. */
  void gone(Collection<String> ids) throws SQLException;

  /**
   * Removes some of the ids whose messages are gone since before a time, in the transaction of the
   * session.
   *
   * @param max the most that are removed
   * @return how many were removed; less than {@code max} where there are no more
   */
  int expire(Instant goneBefore, int max) throws SQLException;

  /** The database's time. */
  Instant now() throws SQLException;

  /** The ids of the delivery whose messages may come again by themselves. */
  List<String> ids() throws SQLException;

  /** Of some ids, those that are here: second copies, as far as is committed now. */
  Set<String> known(Collection<String> ids) throws SQLException;
}
