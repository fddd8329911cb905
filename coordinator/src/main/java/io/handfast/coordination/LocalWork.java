package io.handfast.coordination;

import io.handfast.commit.LocalCommits;
import io.handfast.database.DatabaseSession;
import io.handfast.message.Broker;
import io.handfast.message.BrokerException;
import io.handfast.message.Intake;
import io.handfast.message.SourceSession;
import io.handfast.node.Participants;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.Outcome.RolledBack;
import io.handfast.transaction.TransactionId;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * One database and the broker, each by its own local commit: rows first, then messages.
 *
 * <p>What at-least-once and idempotency settle by: where the second commit is not reached, the
 * messages come again.
 */
public final class LocalWork implements Work {

  /** What idempotency adds: recording the ids of messages in the transaction of the rows. */
  public interface Deduplication {

    /** For at-least-once: nothing. */
    Deduplication NONE = (session, ids) -> {};

    /**
     * Records ids.
     *
     * @throws AppliedMeanwhileException the rows of one are there already
     */
    void record(DatabaseSession session, Collection<String> ids) throws Exception;
  }

  /** Another consumer has applied the second copy of a message in the meantime. */
  public static final class AppliedMeanwhileException extends Exception {

    private static final long serialVersionUID = 1L;

    public AppliedMeanwhileException(Collection<String> ids) {
      super("applied meanwhile by another consumer: " + ids);
    }
  }

  private final Participants participants;
  private final @Nullable String inboxDatabase;
  private final Deduplication deduplication;
  private final List<String> names = new CopyOnWriteArrayList<>();
  private List<String> ids = List.of();
  private @Nullable SourceSession messages;
  private @Nullable DatabaseSession database;
  private @Nullable String databaseName;

  /**
   * Work that has opened nothing yet.
   *
   * @param inboxDatabase the database with the inbox; null for at-least-once
   */
  public LocalWork(
      Participants participants, @Nullable String inboxDatabase, Deduplication deduplication) {
    this.participants = participants;
    this.inboxDatabase = inboxDatabase;
    this.deduplication = deduplication;
  }

  /** The ids of the messages in hand, to be recorded with the rows. */
  public void deduplicate(List<String> ids) {
    this.ids = List.copyOf(ids);
  }

  @Override
  public SourceSession messages() throws Exception {
    if (messages == null) {
      messages = participants.broker().openLocal(Intake.ON_DEMAND);
      names.add(Broker.NAME);
    }
    return messages;
  }

  @Override
  public DatabaseSession database(String name) throws Exception {
    String first = databaseName != null ? databaseName : inboxDatabase;
    if (first != null && !first.equals(name)) {
      throw Work.secondDatabase(first, name);
    }
    if (database == null) {
      database = participants.database(name).orElseThrow().openLocal();
      databaseName = name;
      names.add(Participants.participantName(name));
    }
    return database;
  }

  @Override
  public List<String> participants() {
    return names;
  }

  @Override
  public Optional<TransactionId> logged() {
    return Optional.empty();
  }

  @Override
  public Outcome commit() {
    try {
      if (inboxDatabase != null) {
        deduplication.record(database(inboxDatabase), ids);
      }
    } catch (Exception e) {
      rollback();
      return new RolledBack(e);
    }
    try {
      return LocalCommits.settle(this::commitRows, this::acknowledge);
    } finally {
      close();
    }
  }

  /** And ids with them. */
  private void commitRows() throws SQLException {
    if (database != null) {
      database.commit();
    }
  }

  private void acknowledge() throws BrokerException {
    if (messages != null) {
      messages.commit();
    }
  }

  @Override
  public void rollback() {
    close(); // what was not committed goes with its connection
  }

  private void close() {
    if (messages != null) {
      messages.close();
    }
    if (database != null) {
      database.close();
    }
  }
}
