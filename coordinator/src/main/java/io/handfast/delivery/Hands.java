package io.handfast.delivery;

import io.handfast.concurrent.Deadline;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Who has messages of a delivery in hand: consumers, and clients that pulled. Thread-safe. */
final class Hands {

  private final Set<Consumer> consumers = new HashSet<>();
  private int pulls;

  synchronized void add(Consumer consumer) {
    consumers.add(consumer);
  }

  synchronized void remove(Consumer consumer) {
    consumers.remove(consumer);
    notifyAll();
  }

  synchronized void pullBegun() {
    pulls++;
  }

  synchronized void pullEnded() {
    pulls--;
    notifyAll();
  }

  synchronized List<Consumer> consumers() {
    return List.copyOf(consumers);
  }

  /** How many have, or may have, messages in hand. */
  synchronized int count() {
    return consumers.size() + pulls;
  }

  /** Waits until nobody has anything in hand; false where somebody still has after that time. */
  synchronized boolean awaitEmpty(Duration patience) {
    try {
      return Deadline.after(patience).await(this, () -> consumers.isEmpty() && pulls == 0);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
