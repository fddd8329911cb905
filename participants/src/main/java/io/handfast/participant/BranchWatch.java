package io.handfast.participant;

import org.jspecify.annotations.Nullable;

/** Is told how each step of a branch went. Called by the thread that has taken the step. */
@FunctionalInterface
public interface BranchWatch {

  /** Looks away. */
  BranchWatch NONE = (participant, step, begunNanos, failure) -> {};

  /** What a participant is asked to do with a branch. */
  enum Step {
    PREPARE,
    COMMIT,
    ROLLBACK
  }

  /**
   * A participant has answered, or failed to.
   *
   * @param begunNanos when it was asked, by {@link System#nanoTime()}
   * @param failure null where it did as it was asked
   */
  void answered(String participant, Step step, long begunNanos, @Nullable Exception failure);
}
