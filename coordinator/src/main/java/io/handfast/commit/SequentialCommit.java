package io.handfast.commit;

import io.handfast.database.DatabaseSession;
import io.handfast.message.Broker;
import io.handfast.message.BrokerException;
import io.handfast.message.SourceSession;
import io.handfast.node.Participants;
import io.handfast.participant.NamedXaResource;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.Outcome.Committed;
import io.handfast.transaction.Outcome.InDoubt;
import io.handfast.transaction.Outcome.RolledBack;
import io.handfast.transaction.TransactionId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Commits the database and the broker one after the other, each locally: rows first, then messages.
 * What is sent elsewhere than to the source is committed between the two.
 *
 * <p>Where the second commit is not reached the messages come again; or, if they were acknowledged
 * before, are not repeated. Idempotency recognises those that come again.
 */
public final class SequentialCommit implements UnitOfWork {

  /** When the broker lets the messages of a unit go. */
  public enum Acknowledgement {
    /** At-most-once: a crash loses what was not applied. */
    BEFORE_APPLYING,
    /** At-least-once and idempotency: a crash repeats what was applied. */
    AFTER_ROWS
  }

  private final Sessions sessions;
  private final Acknowledgement acknowledgement;
  private final String source;
  private final CopyOnWriteArrayList<String> names = new CopyOnWriteArrayList<>();
  private @Nullable SourceSession sent;

  /** Commits rows, and messages of the broker. */
  public SequentialCommit(Sessions sessions, Acknowledgement acknowledgement) {
    this(sessions, acknowledgement, Broker.NAME);
  }

  /**
   * Commits rows and messages.
   *
   * @param source the name of where messages come from
   */
  public SequentialCommit(Sessions sessions, Acknowledgement acknowledgement, String source) {
    this.sessions = sessions;
    this.acknowledgement = acknowledgement;
    this.source = source;
  }

  @Override
  public Optional<TransactionId> id() {
    return Optional.empty();
  }

  @Override
  public SourceSession messages() throws Exception {
    SourceSession session = sessions.messages();
    names.addIfAbsent(source);
    return session;
  }

  @Override
  public SourceSession target() throws Exception {
    if (!sessions.hasTarget()) {
      return messages();
    }
    SourceSession session = sessions.target();
    sent = session;
    names.addIfAbsent(Broker.NAME);
    return session;
  }

  @Override
  public DatabaseSession database(String name) throws Exception {
    for (String first : sessions.databaseNames()) {
      if (!first.equals(name)) {
        throw UnitOfWork.secondDatabase(first, name);
      }
    }
    DatabaseSession session = sessions.database(name);
    names.addIfAbsent(Participants.participantName(name));
    return session;
  }

  @Override
  public void enlist(NamedXaResource resource, String name) {
    throw new IllegalStateException("local commits take no branch");
  }

  @Override
  public List<String> participants() {
    return names;
  }

  /** At-most-once acknowledges; where the reply is lost, the messages must not be applied. */
  @Override
  public boolean received() throws BrokerException {
    boolean isAcknowledged = acknowledgement == Acknowledgement.BEFORE_APPLYING;
    if (isAcknowledged) {
      sessions.commitMessages();
      sessions.requireConsumer(); // what was leased may have been another's before it was gone
    }
    return isAcknowledged;
  }

  /**
   * Once the commit of the rows was sent, a failure says nothing of its effect. Before it, messages
   * that another consumer may have by now are found out about.
   */
  @Override
  public Outcome commit() {
    try {
      if (acknowledgement == Acknowledgement.AFTER_ROWS) {
        sessions.requireConsumer();
      }
    } catch (BrokerException e) {
      return new RolledBack(e);
    }
    try {
      sessions.commitRows(); //        and ids of messages with them, under idempotency
      if (sent != null) { //           what was sent to another than the source
        sent.commit();
      }
      sessions.commitMessages(); //    acknowledge, unless done; and send copies
      return new Committed();
    } catch (Exception e) {
      return new InDoubt(e);
    }
  }

  @Override
  public void rollback() {
    // Nothing is prepared: the sessions undo it when they are rolled back or closed.
    if (sent != null) {
      sessions.rollbackTarget();
    }
  }

  @Override
  public void close() {
    sessions.close();
  }
}
