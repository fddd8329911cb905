package io.handfast.delivery;

import io.handfast.concurrent.Deadline;
import io.handfast.concurrent.Monitor;
import io.handfast.transaction.RefusedException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * Runs changes of one name one after the other, and changes of different names in parallel.
 * Thread-safe.
 */
final class NamedChanges {

  /** Longer than one change waits for units in flight. */
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  private final Monitor monitor = new Monitor();
  private final Set<String> changing = new HashSet<>();

  /**
   * Waits until no other change of the name is made; {@link #end} must follow.
   *
   * @throws RefusedException another one takes longer than a caller waits
   */
  void begin(String name) throws RefusedException {
    try (Monitor held = monitor.enter()) {
      if (!held.await(Deadline.after(PATIENCE), () -> changing.add(name))) {
        throw changing(name);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw changing(name);
    }
  }

  private static RefusedException changing(String name) {
    return new RefusedException(
        RefusedException.Reason.DELIVERY_BUSY,
        "Another change of the delivery '%s' is under way.".formatted(name));
  }

  /** The change has been made, or has failed. */
  void end(String name) {
    try (Monitor held = monitor.enter()) {
      changing.remove(name);
      held.changed();
    }
  }
}
