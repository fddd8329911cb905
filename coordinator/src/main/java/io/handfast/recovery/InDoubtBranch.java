package io.handfast.recovery;

import io.handfast.transaction.TransactionId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A prepared branch that a scan has left as it is.
 *
 * @param transaction null where the branch is not Handfast's
 * @param xid the branch's id by {@link io.handfast.participant.BranchText}, or the participant's
 *     own name for something prepared that is no branch
 * @param since when it was prepared where the participant tells, else when this process first saw
 *     it
 * @param detail what the participant's own lists tell about it; empty where they tell nothing
 * @param marker why the marker cannot tell of it; empty where it can or was not asked; null where a
 *     log decides
 */
public record InDoubtBranch(
    @Nullable TransactionId transaction,
    String xid,
    String participant,
    Instant since,
    Decision decision,
    SafeAction safeAction,
    String detail,
    @Nullable String marker) {

  /** What the log of this node, or the marker, says about the branch. */
  public enum Decision {
    COMMIT,
    ROLLBACK,
    UNKNOWN
  }

  /** What an operator may do about the branch without breaking a promise. */
  public enum SafeAction {
    COMMIT,
    ROLLBACK,
    /** It is being worked on, or its log is elsewhere. */
    WAIT,
    /**
     * Nothing: it belongs to another transaction manager, or it has ended on its own and is to be
     * forgotten.
     */
    NONE
  }

  /** Whether a marker decides it that could not tell, so that an operator must look. */
  boolean isUnknownToMarker() {
    return marker != null && !marker.isEmpty();
  }

  InDoubtBranch with(Instant newSince, String newDetail) {
    return new InDoubtBranch(
        transaction, xid, participant, newSince, decision, safeAction, newDetail, marker);
  }
}
