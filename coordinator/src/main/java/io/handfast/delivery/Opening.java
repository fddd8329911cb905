package io.handfast.delivery;

import io.handfast.message.BrokerException;
import io.handfast.message.Intake;
import io.handfast.participant.ParticipantUnavailableException;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Opens what a delivery works with; the first time after a start it also checks that the sink can
 * do its part. Thread-safe: one check at a time, and no other work waits for it.
 */
final class Opening {

  private final String name;
  private final DeliverySpecification specification;
  private final Workplace workplace;
  private final UnitEvents events;
  private final @Nullable Handler handler;
  private volatile InboxState inbox;
  private volatile boolean checked;

  Opening(DeliverySpecification specification, Workplace workplace, UnitEvents events) {
    this.name = events.delivery().name();
    this.specification = specification;
    this.workplace = workplace;
    this.events = events;
    this.handler =
        specification.handler() == null
            ? null
            : new Handler(specification.handler(), workplace.clock());
    this.inbox = new InboxState(Set.of(), workplace.clock());
  }

  /** The delivery has been started: what was checked may have changed since. */
  void begin() {
    checked = false;
  }

  /** What is known of the delivery's inbox. */
  InboxState inbox() {
    return inbox;
  }

  /**
   * Opens a lane.
   *
   * @throws InvalidDeliveryException the delivery cannot work as specified
   */
  Lane lane(Intake intake) throws Exception {
    checkOnce();
    Lane lane = workplace.openLane(name, specification, inbox, intake, handler, events);
    try {
      workplace.recovery().requireHeld(workplace.participantsOf(specification));
      return lane;
    } catch (ParticipantUnavailableException | RuntimeException e) {
      lane.close();
      throw e;
    }
  }

  /** Checks, unless that was done since the start. */
  synchronized void checkOnce() throws InvalidDeliveryException, SQLException, BrokerException {
    if (!checked) {
      workplace.check(name, specification);
      inbox = workplace.openInbox(name, specification);
      checked = true;
    }
  }
}
