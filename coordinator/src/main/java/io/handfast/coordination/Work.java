package io.handfast.coordination;

import io.handfast.database.DatabaseSession;
import io.handfast.log.RemoteBranch;
import io.handfast.message.SourceSession;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.RefusedException;
import io.handfast.transaction.TransactionId;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * What a client's transaction holds at the participants, opened when it is first needed.
 *
 * <p>Used by one thread at a time; the transaction sees to that.
 */
public interface Work {

  /** The session that messages are received and sent in. */
  SourceSession messages() throws Exception;

  /**
   * The session that statements run in.
   *
   * @throws RefusedException this work cannot settle two databases together
   */
  DatabaseSession database(String name) throws Exception;

  /**
   * Lets a service take part; repeating it changes nothing.
   *
   * @throws RefusedException this work has no room for it, or for no service at all
   */
  default RemoteBranch join(String clientsId, String name, URI url) throws Exception {
    throw new RefusedException(
        RefusedException.Reason.PARTICIPANT_REFUSED,
        "Only a transaction under two-phase commit, begun by a client, takes services.");
  }

  /** The participants that were used so far, by name. */
  List<String> participants();

  /** The transaction whose decision the log keeps; empty for work that no decision is taken on. */
  Optional<TransactionId> logged();

  /** Commits everything, and gives up what it holds. */
  Outcome commit();

  /** Undoes everything, and gives up what it holds. */
  void rollback();

  /** Refuses a second database, which this work cannot settle together with the first. */
  static RefusedException secondDatabase(String first, String second) {
    return new RefusedException(
        RefusedException.Reason.SECOND_DATABASE,
        "this transaction is bound to database '%s' and cannot write to '%s' as well; use guarantee exactly-once with protocol two-phase-commit for that"
            .formatted(first, second));
  }
}
