package io.handfast.message;

import io.handfast.message.InMemoryQueue.Place;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one transaction has taken and sent: the whole of it takes effect, or nothing. */
final class InMemoryBranch {

  /** A message on its way to a queue. */
  record Sending(String queue, long due, InMemoryMessage message) {}

  private final Map<Place, InMemoryQueue> taken = new LinkedHashMap<>();
  private final List<Sending> sent = new ArrayList<>();

  void take(Place place, InMemoryQueue from) {
    taken.put(place, from);
  }

  void send(Sending sending) {
    sent.add(sending);
  }

  List<InMemoryMessage> taken() {
    return taken.keySet().stream().map(Place::message).toList();
  }

  List<Sending> sent() {
    return sent;
  }

  /** It outlives its session from now on. */
  void prepare() {
    taken.keySet().forEach(place -> place.holdBy(this));
  }

  /** What was taken is gone. */
  void acknowledge() {
    taken.forEach((place, queue) -> queue.remove(place));
    taken.clear();
  }

  /** What was taken is free again, and what was sent never was. */
  void undo() {
    taken.keySet().forEach(place -> place.free());
    taken.clear();
    sent.clear();
  }
}
