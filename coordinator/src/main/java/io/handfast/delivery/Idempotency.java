package io.handfast.delivery;

import io.handfast.commit.LocalCommits;
import io.handfast.transaction.Outcome;
import io.handfast.transaction.Outcome.Nothing;
import io.handfast.transaction.Outcome.RolledBack;

/** Exactly-once by idempotency: a crash repeats the message, and its second copy is recognised. */
final class Idempotency implements Protocol {

  @Override
  public Outcome run(Lane lane) {
    try {
      if (!lane.receive()) { //   receive
        return new Nothing();
      }
      lane.recognise(); //        insert the ids into the inbox; what is there is a second copy
      lane.apply(); //            apply the others
    } catch (Exception e) {
      return new RolledBack(e);
    }
    return LocalCommits.settle(
        lane::commitRows, //      database commit, rows and ids together
        () -> {
          lane.acknowledge(); //  acknowledge
          lane.confirmed(); //    the broker has let the messages go, so their ids may go too
        });
  }
}
