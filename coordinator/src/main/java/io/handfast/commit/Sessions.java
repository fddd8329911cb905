package io.handfast.commit;

import io.handfast.database.DatabaseSession;
import io.handfast.message.BrokerException;
import io.handfast.message.PositionedSession;
import io.handfast.message.SourceSession;
import io.handfast.message.UnusableMessageException;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that a unit of work uses, each opened when it is first asked for; a consumer's units
 * use them one after the other.
 *
 * <p>Used by one thread at a time; {@link #abandon()} and {@link #wakeUp()} may come from any
 * thread.
 */
public final class Sessions implements AutoCloseable {

  /** Opens sessions. */
  public interface Opener {

    SourceSession messages() throws Exception;

    /** Opens the session of a source whose partitions keep their messages. */
    default PositionedSession positioned() throws Exception {
      throw new IllegalStateException("the source has no positions");
    }

    /** Whether messages are sent in another session than that of their source. */
    default boolean hasTarget() {
      return false;
    }

    /** Whether what is sent there is prepared before the rows are committed. */
    default boolean preparesTarget() {
      return false;
    }

    /** Opens the session that messages are sent in, where there is another one for that. */
    default SourceSession target() throws Exception {
      throw new IllegalStateException("messages are sent in the session of their source");
    }

    /**
     * Opens a session of a database.
     *
     * @throws io.handfast.transaction.RefusedException the unit is bound to another one
     */
    DatabaseSession database(String name) throws Exception;
  }

  private final Opener opener;
  private final Map<String, DatabaseSession> databases = new ConcurrentHashMap<>();
  private volatile @Nullable SourceSession messages;
  private volatile @Nullable SourceSession target;
  private @Nullable PositionedSession positioned;

  public Sessions(Opener opener) {
    this.opener = opener;
  }

  public SourceSession messages() throws Exception {
    SourceSession known = messages;
    if (known == null) {
      known = opener.messages();
      messages = known;
    }
    return known;
  }

  /** The session of a source whose partitions keep their messages; it is that of messages too. */
  public PositionedSession positioned() throws Exception {
    PositionedSession known = positioned;
    if (known == null) {
      known = opener.positioned();
      positioned = known;
      messages = known;
    }
    return known;
  }

  /** Whether messages are sent in another session than that of their source. */
  boolean hasTarget() {
    return opener.hasTarget();
  }

  /** Whether what is sent in another session is prepared before the rows are committed. */
  boolean preparesTarget() {
    return opener.hasTarget() && opener.preparesTarget();
  }

  /** The session that messages are sent in: that of their source, where that takes them. */
  public SourceSession target() throws Exception {
    if (!hasTarget()) {
      return messages();
    }
    SourceSession known = target;
    if (known == null) {
      known = opener.target();
      target = known;
    }
    return known;
  }

  public DatabaseSession database(String name) throws Exception {
    DatabaseSession known = databases.get(name);
    if (known == null) {
      known = opener.database(name);
      databases.put(name, known);
    }
    return known;
  }

  /** The session of a database that is open; empty where there is none. */
  Optional<DatabaseSession> opened(String name) {
    return Optional.ofNullable(databases.get(name));
  }

  /** The names of the databases with an open session. */
  Collection<String> databaseNames() {
    return databases.keySet();
  }

  /**
   * Sees that the source still has the consumer.
   *
   * @throws UnusableMessageException the source has closed it, for a message that it cannot hand
   *     out
   * @throws BrokerException the lease of a message has ended
   */
  public void requireConsumer() throws BrokerException {
    SourceSession session = messages;
    if (session != null) {
      session.requireConsumer();
    }
  }

  /** Has something done as soon as a message in flight is another consumer's, with the reason. */
  public void whenLost(Consumer<BrokerException> action) {
    SourceSession session = messages;
    if (session != null) {
      session.whenLost(action);
    }
  }

  /** Ends a wait for messages, from any thread. */
  public void wakeUp() {
    SourceSession session = messages;
    if (session != null) {
      session.wakeUp();
    }
  }

  /** Closes the session of the source; the next unit opens another. */
  void dropMessages() {
    SourceSession dropped = messages;
    messages = null;
    positioned = null;
    if (dropped != null) {
      dropped.close();
    }
  }

  /** Closes the session that messages are sent in; the next unit opens another. */
  void dropTarget() {
    if (!hasTarget()) {
      dropMessages();
      return;
    }
    SourceSession dropped = target;
    target = null;
    if (dropped != null) {
      dropped.close();
    }
  }

  /** Undoes what was sent in a local session of its own, if need be by closing it. */
  void rollbackTarget() {
    SourceSession session = target;
    if (session != null) {
      try {
        session.rollback();
      } catch (BrokerException | RuntimeException e) {
        dropTarget();
      }
    }
  }

  /** Closes the session of a database; the next unit opens another. */
  void dropDatabase(String name) {
    DatabaseSession dropped = databases.remove(name);
    if (dropped != null) {
      dropped.close();
    }
  }

  /** Undoes the work in a local session of a database, if need be by closing it. */
  void rollbackRows(String name) {
    DatabaseSession session = databases.get(name);
    if (session == null) {
      return; // what was done went with its session
    }
    try {
      session.rollback();
    } catch (SQLException | RuntimeException e) {
      dropDatabase(name);
    }
  }

  /** Commits the rows, in local sessions. */
  void commitRows() throws SQLException {
    for (DatabaseSession database : databases.values()) {
      database.commit();
    }
  }

  /** Acknowledges what was received and sends what was sent, in a local session. */
  void commitMessages() throws BrokerException {
    SourceSession session = messages;
    if (session != null) {
      session.commit();
    }
  }

  /** Undoes a unit in local sessions that are sound; messages that are acknowledged stay so. */
  public void rollback() throws BrokerException, SQLException {
    SourceSession session = messages;
    if (session != null) {
      session.rollback();
    }
    for (DatabaseSession database : databases.values()) {
      database.rollback();
    }
  }

  /** Loses all connections: broker and databases undo what is not prepared. */
  public void abandon() {
    try {
      abandon(messages);
    } finally {
      try {
        abandon(target);
      } finally {
        databases.values().forEach(DatabaseSession::abandon);
      }
    }
  }

  private static void abandon(@Nullable SourceSession session) {
    if (session != null) {
      session.abandon();
    }
  }

  /** Closes all, whatever becomes of one. */
  @Override
  public void close() {
    try {
      dropMessages();
    } finally {
      try {
        dropTarget();
      } finally {
        databases.keySet().forEach(this::dropDatabase);
      }
    }
  }
}
