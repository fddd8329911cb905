package io.handfast.resolution;

/** The actions that an operator can take on a branch. */
public enum BranchAction {
  COMMIT,
  ROLLBACK,
  /** Let it be forgotten how the branch ended, or that it was waited for. */
  FORGET
}
