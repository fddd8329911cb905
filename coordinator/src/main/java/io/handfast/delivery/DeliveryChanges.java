package io.handfast.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.input.WireName;
import io.handfast.message.BrokerException;
import io.handfast.transaction.RefusedException;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Creates, replaces, pauses and deletes deliveries: one change of a delivery at a time.
 *
 * <p>A change waits for units in flight, in bounds; no lock is held meanwhile but the delivery's
 * own. Thread-safe.
 */
public final class DeliveryChanges {

  private static final Logger LOG = Logger.getLogger(DeliveryChanges.class);

  private final Deliveries deliveries;
  private final NamedChanges changes = new NamedChanges();

  DeliveryChanges(Deliveries deliveries) {
    this.deliveries = deliveries;
  }

  /**
   * Creates a delivery, or replaces the one of that name once nothing of it is in flight.
   *
   * @param precondition is given the delivery that would be replaced, or null, before anything
   *     changes; what it throws is thrown
   * @return whether it is new
   * @throws InvalidDeliveryException with every violation; nothing has changed
   * @throws SQLException the database cannot be asked about the statements; nothing has changed
   * @throws BrokerException the broker cannot be told to subscribe; nothing has changed
   * @throws RefusedException the node takes on nothing new, or the delivery is in use for longer
   *     than a caller waits; nothing has changed
   */
  public boolean put(String name, JsonNode body, Consumer<@Nullable Delivery> precondition)
      throws InvalidDeliveryException, SQLException, BrokerException, RefusedException {
    deliveries.requireIntake();
    deliveries.requireLasting();
    changes.begin(name);
    try {
      precondition.accept(deliveries.find(name).orElse(null));
      DeliverySpecification specification = deliveries.checked(name, body);
      deliveries.factory().check().subscribe(specification.source());
      Delivery replaced = deliveries.find(name).orElse(null);
      boolean isPaused = replaced != null && replaced.state() == Delivery.State.PAUSED;
      if (replaced != null && !replaced.pause()) {
        if (!isPaused) {
          replaced.start();
        }
        throw inFlight(replaced);
      }
      deliveries.enter(name, specification, isPaused);
      LOG.infof("delivery %s delivery=%s", replaced == null ? "created" : "replaced", name);
      return replaced == null;
    } finally {
      changes.end(name);
    }
  }

  /**
   * Pauses a delivery, durably; returns it when nothing of it is in flight.
   *
   * @throws RefusedException it takes no new messages, and something is in flight after all the
   *     time that a caller waits
   */
  public Delivery pause(Delivery delivery) throws RefusedException {
    changes.begin(delivery.name());
    try {
      Delivery known = current(delivery);
      deliveries.keep(known, true);
      if (!known.pause()) {
        throw inFlight(known);
      }
      return known;
    } finally {
      changes.end(delivery.name());
    }
  }

  /**
   * Lets a paused or failed delivery go on, durably; returns it.
   *
   * @throws RefusedException the node takes on nothing new, or another change of the delivery takes
   *     longer than a caller waits; nothing has changed
   */
  public Delivery resume(Delivery delivery) throws RefusedException {
    deliveries.requireIntake();
    changes.begin(delivery.name());
    try {
      Delivery known = current(delivery);
      deliveries.keep(known, false);
      deliveries.startAgain(known);
      return known;
    } finally {
      changes.end(delivery.name());
    }
  }

  /**
   * Has a paused delivery go on elsewhere in the partitions of its topic.
   *
   * @throws RefusedException it is not paused, or its source has no positions
   * @throws InvalidDeliveryException an offset is none of its partition; nothing has changed
   */
  public void setPosition(Delivery delivery, PartitionPositions.Target to)
      throws RefusedException, InvalidDeliveryException, BrokerException, SQLException {
    changes.begin(delivery.name());
    try {
      Delivery known = current(delivery);
      if (known.state() != Delivery.State.PAUSED || known.unitsInHand() > 0) {
        throw new RefusedException(
            RefusedException.Reason.DELIVERY_NOT_PAUSED,
            "The delivery '%s' is %s; pause it first."
                .formatted(known.name(), WireName.of(known.state())));
      }
      known.positions().set(to);
      LOG.infof("positions set delivery=%s: to %s", known.name(), to);
    } finally {
      changes.end(delivery.name());
    }
  }

  /**
   * What goes with a delivery that is deleted, where its source has it.
   *
   * @param subscription the subscription of a topic, with its messages
   * @param positions how far partitions were applied, in the database and at the source
   */
  public record Removal(boolean subscription, boolean positions) {}

  /**
   * Ends the delivery of a name, if there is one. Messages of a queue stay there.
   *
   * @param removal what goes with it
   * @param precondition is given the delivery of this name, or null where another call has deleted
   *     it, before anything changes; what it throws is thrown
   * @throws BrokerException the source could not be told, or has other consumers of the same
   *     positions; the delivery is paused and still there
   * @throws SQLException the database could not be told; likewise
   * @throws RefusedException something is in flight after all the time that a caller waits; the
   *     delivery is paused and still there
   */
  public void delete(String name, Removal removal, Consumer<@Nullable Delivery> precondition)
      throws BrokerException, SQLException, RefusedException {
    changes.begin(name);
    try {
      Delivery known = deliveries.find(name).orElse(null);
      precondition.accept(known);
      if (known == null) {
        return;
      }
      PartitionPositions positions = removal.positions() ? known.positions() : null;
      if (positions != null) { // a crash leaves it paused, and not beginning all anew
        deliveries.keep(known, true);
      }
      if (!known.pause()) {
        throw inFlight(known);
      }
      if (known.specification().source().subscription() != null && removal.subscription()) {
        known.removeSubscription();
      }
      if (positions != null) {
        positions.remove();
      }
      deliveries.remove(known);
    } finally {
      changes.end(name);
    }
  }

  /** Refuses a change, since the delivery cannot be at rest for it yet. */
  static RefusedException inFlight(Delivery delivery) {
    return new RefusedException(
        RefusedException.Reason.DELIVERY_BUSY,
        "The delivery '%s' takes no new messages, and %d units of it are still in flight."
            .formatted(delivery.name(), delivery.unitsInHand()));
  }

  /** Refuses a pull from a delivery that gives no messages to clients now, or never does. */
  static RefusedException notRunning(Delivery delivery) {
    return new RefusedException(
        RefusedException.Reason.DELIVERY_NOT_RUNNING,
        delivery.specification().style() == Style.PUSH
            ? "delivery '%s' has style push: its messages are applied, not handed out"
                .formatted(delivery.name())
            : "delivery '%s' is %s".formatted(delivery.name(), WireName.of(delivery.state())));
  }

  /** The delivery of that name now: another change may have replaced it since it was found. */
  private Delivery current(Delivery found) {
    Delivery known = deliveries.find(found.name()).orElse(null);
    return known == null ? found : known;
  }
}
