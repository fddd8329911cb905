package io.handfast.commit;

import io.handfast.participant.NamedXaResource;
import io.handfast.transaction.TransactionId;
import java.util.Optional;

/**
 * The messages in hand of one consumer and what is done with them, step by step.
 *
 * <p>A protocol is the order in which it calls these steps. One thread, one unit after the other.
 */
public interface UnitOfWork {

  /** The branch of the session that messages are received and sent in. */
  NamedXaResource messages();

  /** The branch of the database that statements are applied in; empty without statements. */
  Optional<NamedXaResource> database();

  /** Told first, under two-phase commit: the transaction that the unit belongs to. */
  void begun(TransactionId id);

  /** Takes what has arrived, up to a batch; false where nothing came. */
  boolean receive() throws Exception;

  /**
   * Applies the messages in hand: statements, forwarded messages, and copies of those that cannot
   * be applied, to be retried or kept as dead letters.
   *
   * @throws Exception the unit cannot be finished now and must be rolled back
   */
  void apply() throws Exception;
}
