package io.handfast.it.harness;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** For each message, all the places where it was found: table, queue, dead-letter queue. */
public final class Ledger {
  private final Map<Long, List<String>> places = new TreeMap<>();

  void found(Collection<Long> ids, String place) {
    ids.forEach(id -> places.computeIfAbsent(id, unused -> new ArrayList<>()).add(place));
  }

  /** How many messages were found there. */
  public long in(String place) {
    return places.values().stream().filter(found -> found.contains(place)).count();
  }

  /** What breaks the promise, a line for each message: nowhere, twice, or never sent. */
  public List<String> brokenPromises(Collection<Long> sent) {
    List<String> broken = new ArrayList<>();
    for (Long id : sent) {
      List<String> found = places.getOrDefault(id, List.of());
      if (found.isEmpty()) {
        broken.add("message " + id + " is lost");
      } else if (found.size() > 1) {
        broken.add("message " + id + " is in " + found);
      }
    }
    places.keySet().stream()
        .filter(id -> !sent.contains(id))
        .forEach(id -> broken.add("message " + id + " was never sent"));
    return broken;
  }
}
