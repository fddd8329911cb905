package io.handfast.delivery;

/**
 * A delivery could not be changed within the time that a caller waits: units of it are in flight,
 * or another change of it is under way. Asking again is safe.
 */
public final class DeliveryBusyException extends Exception {

  private static final long serialVersionUID = 1L;

  private DeliveryBusyException(String message) {
    super(message);
  }

  static DeliveryBusyException inFlight(Delivery delivery) {
    return new DeliveryBusyException(
        "The delivery '%s' takes no new messages, and %d units of it are still in flight."
            .formatted(delivery.name(), delivery.unitsInHand()));
  }

  static DeliveryBusyException changing(String name) {
    return new DeliveryBusyException(
        "Another change of the delivery '%s' is under way.".formatted(name));
  }
}
