package io.handfast.delivery;

import io.handfast.transaction.Outcome;
import io.handfast.transaction.Outcome.Committed;
import io.handfast.transaction.Outcome.InDoubt;
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
    try {
      lane.commitRows(); //       database commit: once it was sent, the unit is never repeated
      lane.acknowledge(); //      (sends copies of what could not be applied)
      return new Committed();
    } catch (Exception e) {
      return new InDoubt(e);
    }
  }
}
