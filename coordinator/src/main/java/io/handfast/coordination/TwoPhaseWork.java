package io.handfast.coordination;

import static io.handfast.event.Event.BranchStep.Kind.JOIN;

import io.handfast.commit.Transactions;
import io.handfast.commit.TwoPhaseCommit;
import io.handfast.database.DatabaseSession;
import io.handfast.event.Event.BranchStep;
import io.handfast.event.Event.ClientTransactionBegun;
import io.handfast.event.Event.ClientTransactionEnded;
import io.handfast.event.Events;
import io.handfast.log.RemoteBranch;
import io.handfast.message.Intake;
import io.handfast.message.SourceSession;
import io.handfast.node.Participants;
import io.handfast.participant.NamedXaResource;
import io.handfast.participant.ParticipantUnavailableException;
import io.handfast.recovery.Recovery;
import io.handfast.transaction.Causes;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.Outcome.RolledBack;
import io.handfast.transaction.RefusedException;
import io.handfast.transaction.TransactionId;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.transaction.xa.XAException;
import org.jspecify.annotations.Nullable;

/** Branches at the broker and any number of databases, settled by two-phase commit. */
final class TwoPhaseWork implements Work {

  private final Participants participants;
  private final Recovery recovery;
  private final TwoPhaseCommit protocol;
  private final Transactions.Transaction transaction;
  private final RemoteParticipants remotes;
  private final Events events;
  private final Map<String, RemoteBranch> joined = new HashMap<>();
  private final Map<String, DatabaseSession> databases = new HashMap<>();
  private final List<String> names = new CopyOnWriteArrayList<>();
  private @Nullable SourceSession messages;

  TwoPhaseWork(
      Participants participants,
      RemoteParticipants remotes,
      Recovery recovery,
      TwoPhaseCommit protocol,
      Transactions.Transaction transaction,
      Events events)
      throws Exception {
    this.participants = participants;
    this.remotes = remotes;
    this.recovery = recovery;
    this.protocol = protocol;
    this.transaction = transaction;
    this.events = events;
    // A client asks for the outcome later, so the log must know it: never one branch alone.
    transaction.enlist(new NamedXaResource(Participants.OUTCOME, new OutcomeBranch()));
    events.publish(new ClientTransactionBegun(transaction.id()));
  }

  @Override
  public SourceSession messages() throws Exception {
    if (messages == null) {
      SourceSession session = participants.broker().openXa(Intake.ON_DEMAND);
      try {
        recovery.requireHeld(List.of(session.xaResource().participant()));
        session.setBranchTimeout(ClientTransactions.LONGEST); // leases are kept by the transaction
        enlist(session.xaResource());
      } catch (Exception e) {
        session.close();
        throw asUnavailable(session.xaResource(), e);
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
      recovery.requireHeld(List.of(session.xaResource().participant()));
      enlist(session.xaResource());
    } catch (Exception e) {
      session.close();
      throw asUnavailable(session.xaResource(), e);
    }
    databases.put(name, session);
    names.add(session.xaResource().participant());
    return session;
  }

  private void enlist(NamedXaResource resource) throws SystemException, RollbackException {
    long begun = System.nanoTime();
    try {
      transaction.enlist(resource);
      joined(resource, begun, null);
    } catch (SystemException | RollbackException | RuntimeException e) {
      joined(resource, begun, e);
      throw e;
    }
  }

  private void joined(NamedXaResource resource, long begun, @Nullable Exception failure) {
    long nanos = System.nanoTime() - begun;
    events.publish(new BranchStep(transaction.id(), JOIN, resource.participant(), nanos, failure));
  }

  /** A connection that is lost while its branch is begun says so in XA's or JTA's words. */
  private static Exception asUnavailable(NamedXaResource resource, Exception e) {
    boolean isLost =
        e instanceof XAException || e instanceof SystemException || e instanceof RollbackException;
    return isLost
        ? new ParticipantUnavailableException(resource.participant() + ": " + Causes.readable(e), e)
        : e;
  }

  @Override
  public RemoteBranch join(String clientsId, String name, URI url) throws Exception {
    RemoteBranch known = joined.get(name);
    if (known != null && known.url().equals(url)) {
      return known;
    }
    if (known != null || joined.size() == RemoteParticipants.MOST) {
      throw new RefusedException(
          RefusedException.Reason.PARTICIPANT_REFUSED,
          known != null
              ? "There is a participant '%s' at %s already; PUT moves it."
                  .formatted(name, known.url())
              : "A transaction takes %d services.".formatted(RemoteParticipants.MOST));
    }
    RemoteBranch branch = remotes.join(transaction.id(), clientsId, name, url, joined.size() + 1);
    enlist(remotes.resource(branch));
    joined.put(name, branch);
    names.add(RemoteBranch.PREFIX + name);
    return branch;
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
      recovery.requireHeld(namesOfOurs()); // a client may have taken its time
      transaction.end();
    } catch (Exception e) {
      rollback();
      return new RolledBack(e);
    }
    try {
      Outcome outcome = protocol.settle(transaction);
      events.publish(new ClientTransactionEnded(transaction.id(), outcome));
      return outcome;
    } finally {
      close();
    }
  }

  @Override
  public void rollback() {
    try (transaction) {
      transaction.rollback();
    } finally {
      Outcome outcome =
          new RolledBack(new RollbackException("rolled back as asked, or its time was up"));
      events.publish(new ClientTransactionEnded(transaction.id(), outcome));
      close();
    }
  }

  /** Services are not asked to keep this node's name: only recovery by listing needs that. */
  private List<String> namesOfOurs() {
    return names.stream().filter(name -> !RemoteBranch.isRemote(name)).toList();
  }

  private void close() {
    if (messages != null) {
      messages.close();
    }
    databases.values().forEach(DatabaseSession::close);
  }
}
