package io.handfast.delivery;

import io.handfast.transaction.Outcome;
import io.handfast.transaction.Outcome.Committed;
import io.handfast.transaction.Outcome.InDoubt;
import io.handfast.transaction.Outcome.Nothing;
import io.handfast.transaction.Outcome.RolledBack;

/** At-most-once: a message is gone from the queue before it is applied. A crash loses it. */
final class AtMostOnce implements Protocol {

  @Override
  public Outcome run(Lane unit) {
    try {
      if (!unit.receive()) { //   receive
        return new Nothing();
      }
      unit.acknowledge(); //      acknowledge, and await the reply; where it is lost, do not apply
      unit.apply(); //            apply
    } catch (Exception e) {
      return new RolledBack(e); // what was acknowledged is still in hand
    }
    try {
      unit.commitRows(); //       database commit: once it was sent, the unit is never repeated
      unit.acknowledge(); //      (sends copies of what could not be applied)
      return new Committed();
    } catch (Exception e) {
      return new InDoubt(e);
    }
  }
}
