package io.handfast.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.message.BrokerException;
import io.handfast.node.DrainingException;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Changes deliveries: one change of a delivery at a time, and changes of different ones at once.
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
   * @throws DrainingException the node takes on nothing new; nothing has changed
   * @throws DeliveryBusyException it is in use for longer than a caller waits; nothing has changed
   */
  public boolean put(String name, JsonNode body, Consumer<@Nullable Delivery> precondition)
      throws InvalidDeliveryException,
          SQLException,
          BrokerException,
          DrainingException,
          DeliveryBusyException {
    deliveries.requireIntake();
    changes.begin(name);
    try {
      precondition.accept(deliveries.find(name).orElse(null));
      DeliverySpecification specification = deliveries.checked(name, body);
      deliveries.workplace().check().subscribe(specification.source());
      Delivery replaced = deliveries.find(name).orElse(null);
      boolean isPaused = replaced != null && replaced.state() == Delivery.State.PAUSED;
      if (replaced != null && !replaced.pause()) {
        if (!isPaused) {
          replaced.start();
        }
        throw DeliveryBusyException.inFlight(replaced);
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
   * @throws DeliveryBusyException it takes no new messages, and something is in flight after all
   *     the time that a caller waits
   */
  public Delivery pause(Delivery delivery) throws DeliveryBusyException {
    changes.begin(delivery.name());
    try {
      Delivery known = current(delivery);
      deliveries.keep(known, true);
      if (!known.pause()) {
        throw DeliveryBusyException.inFlight(known);
      }
      return known;
    } finally {
      changes.end(delivery.name());
    }
  }

  /**
   * Lets a paused or failed delivery go on, durably; returns it.
   *
   * @throws DrainingException the node takes on nothing new; nothing has changed
   * @throws DeliveryBusyException another change of it takes longer than a caller waits
   */
  public Delivery resume(Delivery delivery) throws DrainingException, DeliveryBusyException {
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
   * Ends the delivery of a name, if there is one. Messages of a queue stay there; a subscription
   * goes with its messages.
   *
   * @param keepSubscription whether a topic's subscription stays, collecting messages
   * @param precondition is given the delivery of this name, or null where another call has deleted
   *     it, before anything changes; what it throws is thrown
   * @throws BrokerException the broker could not be told; the delivery is paused and still there
   * @throws DeliveryBusyException something is in flight after all the time that a caller waits;
   *     the delivery is paused and still there
   */
  public void delete(
      String name, boolean keepSubscription, Consumer<@Nullable Delivery> precondition)
      throws BrokerException, DeliveryBusyException {
    changes.begin(name);
    try {
      Delivery known = deliveries.find(name).orElse(null);
      precondition.accept(known);
      if (known == null) {
        return;
      }
      if (!known.pause()) {
        throw DeliveryBusyException.inFlight(known);
      }
      if (known.specification().source().subscription() != null && !keepSubscription) {
        known.source().removeSubscription();
      }
      deliveries.remove(known);
    } finally {
      changes.end(name);
    }
  }

  /** The delivery of that name now: another change may have replaced it since it was found. */
  private Delivery current(Delivery found) {
    Delivery known = deliveries.find(found.name()).orElse(null);
    return known == null ? found : known;
  }
}
