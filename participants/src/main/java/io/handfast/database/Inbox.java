package io.handfast.database;

import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * The ids of committed messages, in the same database as their rows.
 *
 * <p>An id that is here when its message arrives marks a second copy. Ids are written in the
 * transaction of the rows, and removed when the broker has confirmed that the message is gone. Used
 * by one thread, on a session of its own or of its unit.
 */
public interface Inbox {

  /**
   * Records messages as applied, in the transaction of the session.
   *
   * <p>Ids are written in sorted order, so that two units with the same ids wait for each other and
   * do not deadlock.
   *
   * @return the ids that were there before, whose messages are second copies
   */
  Set<String> record(Collection<String> ids) throws SQLException;

  /** Removes ids, in the transaction of the session. */
  void remove(Collection<String> ids) throws SQLException;

  /** All ids of the delivery. */
  List<String> ids() throws SQLException;

  /** Of some ids, those that are here: second copies, as far as is committed now. */
  Set<String> known(Collection<String> ids) throws SQLException;
}
