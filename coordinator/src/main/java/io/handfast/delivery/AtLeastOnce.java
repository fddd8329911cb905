package io.handfast.delivery;

import io.handfast.commit.LocalCommits;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.Outcome.Nothing;
import io.handfast.transaction.Outcome.RolledBack;

/** At-least-once: a message is gone from the queue when it was applied. A crash repeats it. */
final class AtLeastOnce implements Protocol {

  @Override
  public Outcome run(Lane lane) {
    try {
      if (!lane.receive()) { //   receive
        return new Nothing();
      }
      lane.apply(); //            apply
    } catch (Exception e) {
      return new RolledBack(e);
    }
    // database commit, then acknowledge: where that is not reached, all of it comes again
    return LocalCommits.settle(lane::commitRows, lane::acknowledge);
  }
}
