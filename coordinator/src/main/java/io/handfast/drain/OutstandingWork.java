package io.handfast.drain;

import io.handfast.log.RemoteBranch;
import io.handfast.recovery.InDoubtBranch;
import io.handfast.resolution.Heuristic;
import io.handfast.transaction.TransactionId;
import io.handfast.transaction.TransactionStatus;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The work that is left before a node's data directory may be deleted.
 *
 * @param unreachable the participants that the last scan could not ask, and why
 */
public record OutstandingWork(InHand inHand, InDoubt inDoubt, Map<String, String> unreachable) {

  /**
   * Work that has begun and not ended.
   *
   * @param units how many are in flight, by delivery
   * @param comparisons the ids of those that run
   * @param transactions those of clients
   */
  public record InHand(
      Map<String, Integer> units, List<String> comparisons, List<OpenTransaction> transactions) {

    boolean isNothing() {
      return units.isEmpty() && comparisons.isEmpty() && transactions.isEmpty();
    }
  }

  /**
   * A transaction that its client has not settled.
   *
   * @param expires when it is rolled back unless it is settled or extended
   */
  public record OpenTransaction(String id, TransactionStatus status, @Nullable Instant expires) {}

  /**
   * Work that has ended, and whose end a participant does not know yet.
   *
   * @param branches those of this node that the last scan has left prepared
   * @param decisions those in the log, with the participants that have not confirmed them
   * @param services those that have joined and have not confirmed an outcome
   * @param heuristics branches that ended otherwise than decided, until they are forgotten
   * @param isLogCertain whether the log can say what was decided
   */
  public record InDoubt(
      List<InDoubtBranch> branches,
      Map<TransactionId, Set<String>> decisions,
      Collection<RemoteBranch> services,
      Collection<Heuristic> heuristics,
      boolean isLogCertain) {

    boolean isNothing() {
      return branches.isEmpty()
          && decisions.isEmpty()
          && services.isEmpty()
          && heuristics.isEmpty()
          && isLogCertain;
    }
  }

  /**
   * Whether nothing is known to be left to do; a participant that cannot be asked may know more.
   */
  boolean isNothing() {
    return inHand.isNothing() && inDoubt.isNothing();
  }
}
