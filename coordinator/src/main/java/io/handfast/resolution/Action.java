package io.handfast.resolution;

/** What can be done with a branch. */
public enum Action {
  COMMIT,
  ROLLBACK,
  /** Let it be forgotten how the branch ended, or that it was waited for. */
  FORGET
}
