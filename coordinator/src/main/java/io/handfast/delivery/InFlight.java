package io.handfast.delivery;

import io.handfast.concurrent.Deadline;
import io.handfast.concurrent.Monitor;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The consumers and pulls of a delivery that have messages in flight. consumers, and clients that
 * pulled. Thread-safe.
 */
final class InFlight {

  private final Monitor monitor = new Monitor();
  private final Set<Consumer> consumers = new LinkedHashSet<>();
  private int pulls;

  void add(Consumer consumer) {
    monitor.inside(() -> consumers.add(consumer));
  }

  void remove(Consumer consumer) {
    try (Monitor held = monitor.enter()) {
      consumers.remove(consumer);
      held.changed();
    }
  }

  void pullBegun() {
    monitor.inside(() -> pulls++);
  }

  void pullEnded() {
    try (Monitor held = monitor.enter()) {
      pulls--;
      held.changed();
    }
  }

  List<Consumer> consumers() {
    return monitor.inside(() -> List.copyOf(consumers));
  }

  /** How many have, or may have, messages in flight. */
  int count() {
    return monitor.inside(() -> consumers.size() + pulls);
  }

  /** Waits until nothing is in flight; false where something still is after that time. */
  boolean awaitEmpty(Duration patience) {
    try (Monitor held = monitor.enter()) {
      return held.await(Deadline.after(patience), () -> consumers.isEmpty() && pulls == 0);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
