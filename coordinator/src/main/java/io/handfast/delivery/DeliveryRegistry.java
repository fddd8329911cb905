package io.handfast.delivery;

import io.handfast.concurrent.Deadline;
import io.handfast.concurrent.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The deliveries of this node by name, those of comparisons apart. Thread-safe. */
final class DeliveryRegistry {

  private final Map<String, Delivery> deliveries = new ConcurrentSkipListMap<>();
  private final Map<String, Delivery> temporary = new ConcurrentSkipListMap<>();

  @Nullable Delivery get(String name) {
    return deliveries.get(name);
  }

  List<Delivery> all() {
    return List.copyOf(deliveries.values());
  }

  /** Enters a delivery, in the place of one of its name. */
  void put(Delivery delivery) {
    deliveries.put(delivery.name(), delivery);
  }

  /** Takes a delivery out; false where another one has its name now. */
  boolean remove(Delivery delivery) {
    return deliveries.remove(delivery.name(), delivery);
  }

  void putTemporary(Delivery delivery) {
    temporary.put(delivery.name(), delivery);
  }

  void removeTemporary(Delivery delivery) {
    temporary.remove(delivery.name());
  }

  private Stream<Delivery> withTemporary() {
    return Stream.concat(deliveries.values().stream(), temporary.values().stream());
  }

  /** The broker's queues that are sources or have dead letters of deliveries that are listed. */
  Set<String> queueNames() {
    Set<String> names = new TreeSet<>();
    for (Delivery delivery : deliveries.values()) {
      DeliverySpecification specification = delivery.specification();
      if (specification.isOfBroker()) {
        names.add(specification.source().queueName());
        names.add(specification.deadLetter());
      }
    }
    return names;
  }

  int giveBackInHand() {
    return withTemporary().mapToInt(Delivery::giveBackInHand).sum();
  }

  /** How many units are in flight, by delivery; those with none are left out. */
  Map<String, Integer> unitsInHand() {
    Map<String, Integer> units = new TreeMap<>();
    withTemporary()
        .filter(delivery -> delivery.unitsInHand() > 0)
        .forEach(delivery -> units.put(delivery.name(), delivery.unitsInHand()));
    return units;
  }

  void beginStop() {
    withTemporary().forEach(Delivery::beginStop);
  }

  /** Ends all at once, each in the time given. */
  void endStop(Duration patience, Duration givingBack) {
    Deadline deadline = Deadline.after(patience);
    List<Runnable> ends = new ArrayList<>();
    withTemporary()
        .forEach(delivery -> ends.add(() -> delivery.endStop(deadline.left(), givingBack)));
    try {
      Threads.runAll("stop", ends, patience.plus(givingBack)); // each is bounded by that as well
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
