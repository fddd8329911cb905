package io.handfast.log;

import io.handfast.transaction.TransactionId;
import java.util.Collection;
import java.util.Optional;

/**
 * The part of the decision log that keeps clients' ids and outcomes, so that they get the same
 * answer after a crash. Thread-safe.
 *
 * <p>Each write is on disk when its method returns, unless it says otherwise.
 */
public interface ClientLog {

  /**
   * Gives a transaction a name that a client chose.
   *
   * @throws UnconfirmedWriteException it is not known to be on disk
   */
  void name(String name, TransactionId id) throws UnconfirmedWriteException;

  /** The transaction of a name. */
  Optional<TransactionId> named(String name);

  /**
   * Whether the transaction of a client was perhaps committed so long ago that it is not known any
   * more. Where it is not, and there is no decision, it was rolled back.
   */
  boolean mayBeForgotten(TransactionId id);

  /** Drops what was kept for long enough. */
  void expire();

  /**
   * Remembers a service that takes part in a transaction, or its new address.
   *
   * @throws UnconfirmedWriteException it is not known to be on disk
   */
  void join(RemoteBranch branch) throws UnconfirmedWriteException;

  /** Records, without forcing, that a service knows the outcome. */
  void left(RemoteBranch branch);

  /** All services that do not know the outcome of a transaction yet, as far as is known. */
  Collection<RemoteBranch> joined();

  /** The services of one transaction that do not know its outcome yet. */
  Collection<RemoteBranch> joined(TransactionId id);
}
