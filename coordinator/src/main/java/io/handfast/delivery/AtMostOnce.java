package io.handfast.delivery;

import io.handfast.commit.LocalCommits;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.Outcome.Nothing;
import io.handfast.transaction.Outcome.RolledBack;

/** At-most-once: a message is gone from the queue before it is applied. A crash loses it. */
final class AtMostOnce implements Protocol {

  @Override
  public Outcome run(Lane lane) {
    try {
      if (!lane.receive()) { //   receive
        return new Nothing();
      }
      lane.acknowledge(); //      acknowledge, and await the reply; where it is lost, do not apply
      lane.apply(); //            apply
    } catch (Exception e) {
      return new RolledBack(e); // what was acknowledged is still in hand
    }
    // database commit: once it was sent, the unit is never repeated; then copies are sent
    return LocalCommits.settle(lane::commitRows, lane::acknowledge);
  }
}
