package io.handfast.atomikos;

import com.atomikos.icatch.HeurHazardException;
import com.atomikos.icatch.HeurRollbackException;
import io.handfast.commit.Transactions;
import io.handfast.event.Events;
import io.handfast.participant.NamedXaResource;
import io.handfast.transaction.ErrorText;
import io.handfast.transaction.Explained;
import io.handfast.transaction.TransactionId;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.transaction.xa.XAResource;
import org.jboss.logging.Logger;

/** One Atomikos transaction, whose exceptions are translated to outcomes. */
final class AtomikosTransaction implements Transactions.Transaction {

  private static final Logger LOG = Logger.getLogger(AtomikosTransaction.class);

  private final jakarta.transaction.Transaction transaction;
  private final TransactionId id;
  private final Consumer<TransactionId> ended;
  private final List<Branch> started = new ArrayList<>();
  private final Branches branches;

  AtomikosTransaction(
      jakarta.transaction.Transaction transaction,
      Executor threads,
      Events events,
      Consumer<TransactionId> ended) {
    this.transaction = transaction;
    // The text form of an Atomikos transaction is its id, which our assembler has made.
    this.id = TransactionId.parse(transaction.toString()).orElseThrow();
    this.branches = new Branches(id, threads, events);
    this.ended = ended;
  }

  @Override
  public TransactionId id() {
    return id;
  }

  @Override
  public void enlist(NamedXaResource resource) throws SystemException, RollbackException {
    Branch branch = branches.of(resource);
    long begun = System.nanoTime();
    try {
      transaction.enlistResource(branch);
    } catch (SystemException | RollbackException | RuntimeException e) {
      branches.joined(branch, begun, e);
      throw e;
    }
    branches.started(branch);
    branches.joined(branch, begun, null);
    started.add(branch);
  }

  @Override
  public void end() throws SystemException {
    for (Branch branch : started) {
      transaction.delistResource(branch, XAResource.TMSUCCESS);
    }
    started.clear();
  }

  @Override
  public void commit()
      throws RollbackException,
          HeuristicMixedException,
          HeuristicRollbackException,
          SystemException {
    try {
      transaction.commit();
    } catch (
        HeuristicMixedException e) { // a hazard: a participant has not confirmed; else, disobeyed
      throw isCausedBy(e, HeurHazardException.class) ? pending(e) : e;
    } catch (RollbackException e) {
      // Decided, after which every branch rolled back by itself, is a rollback too for Atomikos.
      // Taken for one it would be safe to do again, which it is not.
      if (isCausedBy(e, HeurRollbackException.class)) {
        HeuristicRollbackException heuristic = new HeuristicRollbackException(e.getMessage());
        heuristic.initCause(e);
        throw heuristic;
      }
      throw explained(e);
    }
  }

  /** Atomikos says only that a participant did not prepare. */
  private RollbackException explained(RollbackException failure) {
    return notPrepared()
        .map(
            resource -> {
              RollbackException explained = new NotPreparedException(explanation(resource));
              explained.initCause(resource.prepareFailure());
              return explained;
            })
        .orElse(failure);
  }

  /**
   * A hazard also comes where a participant did not prepare, and then did not confirm the rollback.
   */
  private PendingException pending(HeuristicMixedException hazard) {
    Optional<NamedXaResource> refused = notPrepared();
    PendingException pending =
        new PendingException(
            refused.map(AtomikosTransaction::explanation).orElse(PendingException.DECIDED));
    pending.initCause(refused.<Throwable>map(NamedXaResource::prepareFailure).orElse(hazard));
    return pending;
  }

  private Optional<NamedXaResource> notPrepared() {
    return branches.resources().filter(resource -> resource.prepareFailure() != null).findFirst();
  }

  private static String explanation(NamedXaResource resource) {
    return resource + ": " + ErrorText.readable(resource.prepareFailure());
  }

  @Override
  public void rollback() {
    try {
      transaction.rollback();
    } catch (SystemException | RuntimeException e) {
      // Not prepared, a branch goes with its connection; prepared, recovery finds it.
      LOG.debugf(e, "rollback incomplete gtrid=%s", id);
    }
  }

  @Override
  public void close() {
    ended.accept(id);
  }

  @Override
  public boolean isOnePhase() {
    return participants().size() < 2;
  }

  /** All that take part, by name, and which participant each name means now. */
  Map<String, String> participants() {
    return branches
        .resources()
        .collect(
            Collectors.toMap(
                NamedXaResource::participant, NamedXaResource::identity, (one, same) -> one));
  }

  /** The decision to commit it is durable. */
  void decided() {
    branches.decided();
  }

  @Override
  public boolean isPending(HeuristicMixedException failure) {
    return failure instanceof PendingException;
  }

  /** A participant voted no, or did not vote. */
  private static final class NotPreparedException extends RollbackException implements Explained {

    private static final long serialVersionUID = 1L;

    NotPreparedException(String message) {
      super(message);
    }
  }

  /**
   * A hazard in Atomikos's words: the decision stands, and not every participant has confirmed it.
   */
  private static final class PendingException extends HeuristicMixedException implements Explained {

    private static final long serialVersionUID = 1L;

    static final String DECIDED =
        "decided to commit, and a participant has not confirmed it yet: recovery asks again";

    PendingException(String message) {
      super(message);
    }
  }

  private static boolean isCausedBy(Throwable failure, Class<? extends Throwable> type) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }
}
