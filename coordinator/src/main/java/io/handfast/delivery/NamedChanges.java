package io.handfast.delivery;

import io.handfast.concurrent.Deadline;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * Lets one change of a name after the other, and changes of different names at once. Thread-safe.
 */
final class NamedChanges {

  /** Longer than one change waits for units in flight. */
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  private final Set<String> changing = new HashSet<>();

  /**
   * Waits until no other change of the name is made; {@link #end} must follow.
   *
   * @throws DeliveryBusyException another one takes longer than a caller waits
   */
  synchronized void begin(String name) throws DeliveryBusyException {
    try {
      if (!Deadline.after(PATIENCE).await(this, () -> changing.add(name))) {
        throw DeliveryBusyException.changing(name);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw DeliveryBusyException.changing(name);
    }
  }

  /** The change has been made, or has failed. */
  synchronized void end(String name) {
    changing.remove(name);
    notifyAll();
  }
}
