package io.handfast.resolution;

import io.handfast.log.DecisionLog.Verdict;
import java.time.Instant;

/**
 * One act of an operator on a branch, as it is recorded.
 *
 * @param who and {@code why} as the person gave them
 * @param decision what the log said at the time; {@code UNKNOWN} also for another log's branch
 * @param forced whether the person insisted, against the log
 * @param result {@code done}, what the participant answered, or {@code begun} where a crash came
 *     between, so that it is not known
 */
public record OperatorAct(
    Branch branch,
    BranchAction action,
    String who,
    String why,
    Verdict decision,
    boolean forced,
    Instant at,
    String result)
    implements ResolutionEntry {

  static final String BEGUN = "begun";
  static final String DONE = "done";

  OperatorAct with(String newResult) {
    return new OperatorAct(branch, action, who, why, decision, forced, at, newResult);
  }

  /** Whether the branch has been ended otherwise than the log says. */
  boolean isHeuristic() {
    return (decision == Verdict.COMMIT && action == BranchAction.ROLLBACK)
        || (decision == Verdict.NONE && action == BranchAction.COMMIT);
  }

  /** Whether it was carried out, or may have been. */
  boolean mayHaveHappened() {
    return result.equals(DONE) || result.equals(BEGUN);
  }
}
