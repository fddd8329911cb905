package io.handfast.delivery;

import io.handfast.transaction.RefusedException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A delivery that is neither stored nor listed, and that is removed when it is closed.
 *
 * <p>It is a delivery like any other in everything that it does.
 */
public final class TemporaryDelivery implements AutoCloseable {

  private final Delivery delivery;
  private final Consumer<Delivery> onClose;

  TemporaryDelivery(Delivery delivery, Consumer<Delivery> onClose) {
    this.delivery = delivery;
    this.onClose = onClose;
  }

  /** Starts the consumers. */
  public void start() {
    delivery.start();
  }

  /** Whether it cannot work; {@link #lastError()} says why. */
  public boolean hasFailed() {
    return delivery.state() == Delivery.State.FAILED;
  }

  /** Why it is held up or has failed, or the last such reason; null where there was none. */
  public @Nullable String lastError() {
    return delivery.lastError();
  }

  /**
   * Stops taking messages; returns when nothing of it is in flight.
   *
   * @throws RefusedException something is, after all the time that a change waits
   */
  public void pause() throws RefusedException {
    if (!delivery.pause()) {
      throw DeliveryChanges.inFlight(delivery);
    }
  }

  /**
   * Ends the delivery; what is still in flight after the time that a change waits ends later. Its
   * source stays as it is.
   */
  @Override
  public void close() {
    delivery.pause();
    onClose.accept(delivery);
  }
}
