package io.handfast.coordination;

import io.handfast.commit.Transactions;
import io.handfast.commit.TwoPhaseCommit;
import io.handfast.database.DatabaseSession;
import io.handfast.message.Intake;
import io.handfast.message.MessageSession;
import io.handfast.node.Participants;
import io.handfast.participant.NamedXaResource;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.Outcome.RolledBack;
import io.handfast.transaction.TransactionId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Branches at the broker and any number of databases, settled by two-phase commit. */
final class TwoPhaseWork implements Work {

  /** Leases are kept by the transaction; the broker only must not be quicker. */
  private static final Duration BROKER_PATIENCE = Duration.ofDays(1);

  private final Participants participants;
  private final TwoPhaseCommit protocol;
  private final Transactions.Transaction transaction;
  private final Map<String, DatabaseSession> databases = new HashMap<>();
  private final List<String> names = new CopyOnWriteArrayList<>();
  private @Nullable MessageSession messages;

  TwoPhaseWork(
      Participants participants, TwoPhaseCommit protocol, Transactions.Transaction transaction)
      throws Exception {
    this.participants = participants;
    this.protocol = protocol;
    this.transaction = transaction;
    // A client asks for the outcome later, so the log must know it: never one branch alone.
    transaction.enlist(new NamedXaResource(Participants.OUTCOME, new OutcomeBranch()));
  }

  @Override
  public MessageSession messages() throws Exception {
    if (messages == null) {
      MessageSession session = participants.broker().openXa(Intake.ON_DEMAND);
      try {
        session.setBranchTimeout(BROKER_PATIENCE);
        transaction.enlist(session.xaResource());
      } catch (Exception e) {
        session.close();
        throw e;
      }
      messages = session;
      names.add(session.xaResource().participant());
    }
    return messages;
  }

  @Override
  public DatabaseSession database(String name) throws Exception {
    DatabaseSession known = databases.get(name);
    if (known != null) {
      return known;
    }
    DatabaseSession session = participants.database(name).orElseThrow().openXa();
    try {
      transaction.enlist(session.xaResource());
    } catch (Exception e) {
      session.close();
      throw e;
    }
    databases.put(name, session);
    names.add(session.xaResource().participant());
    return session;
  }

  @Override
  public List<String> participants() {
    return names;
  }

  @Override
  public Optional<TransactionId> logged() {
    return Optional.of(transaction.id());
  }

  @Override
  public Outcome commit() {
    try {
      transaction.end();
    } catch (Exception e) {
      rollback();
      return new RolledBack(e);
    }
    try {
      return protocol.settle(transaction);
    } finally {
      close();
    }
  }

  @Override
  public void rollback() {
    transaction.rollback();
    transaction.close();
    close();
  }

  private void close() {
    if (messages != null) {
      messages.close();
    }
    databases.values().forEach(DatabaseSession::close);
  }
}
