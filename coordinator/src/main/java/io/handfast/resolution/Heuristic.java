package io.handfast.resolution;

import java.time.Instant;
import javax.transaction.xa.XAException;

/**
 * A branch that ended otherwise than decided, or may have.
 *
 * @param decision what the log says
 * @param outcome what became of the branch
 * @param cause who or what brought it about, for people
 */
public record Heuristic(
    Branch branch, BranchAction decision, Outcome outcome, String cause, Instant at)
    implements ResolutionEntry {

  /** What a participant has done with a branch on its own (XA specification, section 2.3.4). */
  public enum Outcome {
    COMMITTED,
    ROLLED_BACK,
    /** Part of the branch was committed and part rolled back. */
    MIXED,
    /** The participant does not know any more. */
    HAZARD
  }

  /** What follows from an act against the log. */
  static Heuristic of(OperatorAct act) {
    boolean isCommitted = act.action() == BranchAction.COMMIT;
    return new Heuristic(
        act.branch(),
        isCommitted ? BranchAction.ROLLBACK : BranchAction.COMMIT,
        isCommitted ? Outcome.COMMITTED : Outcome.ROLLED_BACK,
        "by force: %s, %s".formatted(act.who(), act.why()),
        act.at());
  }

  /** Whether an answer says that the branch ended by itself, in whatever way. */
  public static boolean isOne(XAException answer) {
    return isKept(answer) || isCoded(answer.errorCode, XAException.XA_RBBASE, XAException.XA_RBEND);
  }

  /**
   * Whether the participant remembers such a branch until it is told to forget it; after one of the
   * rollback codes it has forgotten it already (XA specification, xa_forget).
   */
  public static boolean isKept(XAException answer) {
    return isCoded(answer.errorCode, XAException.XA_HEURMIX, XAException.XA_HEURHAZ);
  }

  private static boolean isCoded(int code, int least, int most) {
    return code >= least && code <= most;
  }

  /** What such an answer says. */
  public static Outcome outcomeOf(XAException answer) {
    return switch (answer.errorCode) {
      case XAException.XA_HEURCOM -> Outcome.COMMITTED;
      case XAException.XA_HEURMIX -> Outcome.MIXED;
      case XAException.XA_HEURHAZ -> Outcome.HAZARD;
      default -> Outcome.ROLLED_BACK;
    };
  }
}
