package io.handfast.recovery;

import io.handfast.log.RemoteBranch;
import io.handfast.recovery.InDoubtBranch.Decision;
import io.handfast.recovery.InDoubtBranch.SafeAction;
import io.handfast.resolution.Heuristic;
import io.handfast.transaction.TransactionId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transaction that is not over at every participant, and that no worker has in flight.
 *
 * @param decision what this node's log says; {@code UNKNOWN} where another log would have it
 * @param since the earliest that is known of it
 * @param next what happens by itself, and what an operator can do, in a sentence
 */
public record InDoubtTransaction(
    TransactionId id,
    Decision decision,
    Instant since,
    List<Part> parts,
    SafeAction safeAction,
    String next) {

  /**
   * How a transaction stands at one participant.
   *
   * @param branch what the participant holds, or null
   * @param heuristic what it did on its own, or null
   * @param service the service that is still to be told, or null
   */
  public record Part(
      String participant,
      State state,
      @Nullable InDoubtBranch branch,
      @Nullable Heuristic heuristic,
      @Nullable RemoteBranch service) {}

  /** What the last scan has found at a participant. */
  public enum State {
    /** It holds the branch, or may hold it, and waits to be told the decision. */
    PREPARED,
    /** It holds nothing any more, so it has done what was decided. */
    DONE,
    /**
     * It lists no branch, which does not prove that it has done what was decided: it is not known
     * to be the one that prepared, or its list may lack branches.
     */
    UNPROVEN,
    /** It holds nothing, and nothing was decided. */
    NOTHING,
    /** It has ended the branch otherwise than was decided. */
    HEURISTIC,
    /** It could not be asked. */
    AWAY,
    /** The log names it, and the configuration does not. */
    NOT_CONFIGURED,
    /** It was given up by an operator. */
    GIVEN_UP
  }
}
