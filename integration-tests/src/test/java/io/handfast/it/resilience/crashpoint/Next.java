package io.handfast.it.resilience.crashpoint;

import io.handfast.it.harness.Auditor;

/** What a participant is asked for after a point, as far as its doing can be seen from outside. */
enum Next {
  NOTHING_SEEN,
  FIRST_PREPARES,
  SECOND_PREPARES,
  FIRST_ENDS,
  SECOND_ENDS;

  /** The participant that is asked. */
  String asked(Order order) {
    return switch (this) {
      case FIRST_PREPARES, FIRST_ENDS -> order.first();
      case SECOND_PREPARES, SECOND_ENDS -> order.second();
      case NOTHING_SEEN -> "nobody";
    };
  }

  /** Whether it has done it. */
  boolean isDone(Order order, Auditor auditor) throws Exception {
    boolean isPrepared =
        auditor.prepared().stream().anyMatch(branch -> branch.startsWith(asked(order) + ":"));
    return isPrepared == (this == FIRST_PREPARES || this == SECOND_PREPARES);
  }
}
