package io.handfast.it.resilience.crashpoint;

/** How the decision on a unit of work stands when a point is reached. */
enum Decision {
  /** Everybody must still agree. */
  NOT_YET,
  /** Everybody has agreed; it comes unless the coordinator goes. */
  NOW,
  /** To commit, and a {@code kill -9} cannot undo it. */
  DONE,
  /** There will be none. */
  AGAINST,
  /** To commit, and a participant says that it has ended its branch otherwise. */
  DISOBEYED
}
