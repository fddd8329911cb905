package io.handfast.resolution;

import io.handfast.log.DecisionLog.Verdict;
import java.time.Instant;

/**
 * What a person has done with a branch.
 *
 * @param who and {@code why} as the person gave them
 * @param decision what the log said at the time; {@code UNKNOWN} also for another log's branch
 * @param forced whether the person insisted, against the log
 * @param result {@code done}, what the participant answered, or {@code begun} where a crash came
 *     between, so that it is not known
 */
public record Act(
    Branch branch,
    Action action,
    String who,
    String why,
    Verdict decision,
    boolean forced,
    Instant at,
    String result)
    implements Entry {

  static final String BEGUN = "begun";
  static final String DONE = "done";

  Act with(String newResult) {
    return new Act(branch, action, who, why, decision, forced, at, newResult);
  }

  /** Whether the branch has been ended otherwise than the log says. */
  boolean isHeuristic() {
    return (decision == Verdict.COMMIT && action == Action.ROLLBACK)
        || (decision == Verdict.NONE && action == Action.COMMIT);
  }

  /** Whether it was carried out, or may have been. */
  boolean mayHaveHappened() {
    return result.equals(DONE) || result.equals(BEGUN);
  }
}
