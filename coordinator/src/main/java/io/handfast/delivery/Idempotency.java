package io.handfast.delivery;

import io.handfast.transaction.Outcome;
import io.handfast.transaction.Outcome.Committed;
import io.handfast.transaction.Outcome.InDoubt;
import io.handfast.transaction.Outcome.Nothing;
import io.handfast.transaction.Outcome.RolledBack;

/** Exactly-once by idempotency: a crash repeats the message, and its second copy is recognised. */
final class Idempotency implements Protocol {

  @Override
  public Outcome run(Lane unit) {
    try {
      if (!unit.receive()) { //   receive
        return new Nothing();
      }
      unit.recognise(); //        insert the ids into the inbox; what is there is a second copy
      unit.apply(); //            apply the others
    } catch (Exception e) {
      return new RolledBack(e);
    }
    try {
      unit.commitRows(); //       database commit, rows and ids together
      unit.acknowledge(); //      acknowledge
      unit.confirmed(); //        the broker has let the messages go, so their ids may go too
      return new Committed();
    } catch (Exception e) {
      return new InDoubt(e);
    }
  }
}
