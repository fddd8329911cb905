package io.handfast.commit;

import io.handfast.concurrent.Scheduling;
import io.handfast.database.DatabaseSession;
import io.handfast.event.Event.BranchStep;
import io.handfast.event.Event.BranchStep.Kind;
import io.handfast.event.Events;
import io.handfast.node.Participants;
import io.handfast.transaction.TransactionId;
import java.sql.SQLException;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/**
 * Takes the steps of a unit that a local commit decides, and publishes how each has ended.
 *
 * @param id the unit's; null for a unit whose steps are not published
 */
record UnitSteps(Events events, @Nullable TransactionId id) {

  /** What a participant is asked for, with its answer. */
  @FunctionalInterface
  interface Step<E extends Exception> {
    int take() throws E;
  }

  <E extends Exception> int take(Kind kind, String participant, Step<E> step) throws E {
    long asked = Scheduling.nanoTime();
    Exception failure = null;
    try {
      return step.take();
    } catch (Exception e) {
      failure = e;
      throw e;
    } finally {
      if (id != null && events.isHeard()) {
        long nanos = Scheduling.nanoTime() - asked;
        events.publish(new BranchStep(id, kind, participant, nanos, failure));
      }
    }
  }

  /** Commits the rows, with what is written beside them: the decision. */
  void decide(Sessions sessions, String database) throws SQLException {
    DatabaseSession session = sessions.opened(database).orElseThrow();
    take(
        Kind.COMMIT,
        Participants.participantName(database),
        () -> {
          session.commit();
          return XAResource.XA_OK;
        });
  }
}
