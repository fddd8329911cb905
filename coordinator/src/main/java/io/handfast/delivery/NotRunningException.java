package io.handfast.delivery;

import io.handfast.input.WireName;

/** The delivery gives no messages to clients now, or never does. */
public class NotRunningException extends Exception {

  private static final long serialVersionUID = 1L;

  NotRunningException(Delivery delivery) {
    super(
        delivery.specification().style() == Style.PUSH
            ? "delivery '%s' has style push: its messages are applied, not handed out"
                .formatted(delivery.name())
            : "delivery '%s' is %s".formatted(delivery.name(), WireName.of(delivery.state())));
  }
}
