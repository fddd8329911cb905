package io.handfast.delivery;

import io.handfast.transaction.Outcome;
import io.handfast.transaction.Outcome.Committed;
import io.handfast.transaction.Outcome.InDoubt;
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
    try {
      lane.commitRows(); //       database commit
      lane.acknowledge(); //      acknowledge: where this is not reached, all of it comes again
      return new Committed();
    } catch (Exception e) {
      return new InDoubt(e);
    }
  }
}
