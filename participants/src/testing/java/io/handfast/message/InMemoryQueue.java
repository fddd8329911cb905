package io.handfast.message;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A queue in memory: what waits in it, in order, and which of it a session or a branch holds. */
final class InMemoryQueue {

  /** A message in its place; its holder decides what becomes of it. */
  static final class Place {
    private final long order;
    private final long due;
    private InMemoryMessage message;
    private @Nullable Object holder;

    private Place(long order, long due, InMemoryMessage message) {
      this.order = order;
      this.due = due;
      this.message = message;
    }

    InMemoryMessage message() {
      return message;
    }

    /** Is held by another from now on: a branch holds what its session has received. */
    void holdBy(Object next) {
      holder = next;
    }

    void free() {
      holder = null;
    }
  }

  private final List<Place> places = new ArrayList<>();
  private final Map<String, Object> groups = new HashMap<>();
  private final Set<Object> consumers = new HashSet<>();

  void add(long order, long due, InMemoryMessage message) {
    places.add(new Place(order, due, message));
    places.sort(Comparator.comparingLong(place -> place.order));
  }

  void open(Object session) {
    consumers.add(session);
  }

  void close(Object session) {
    consumers.remove(session);
    groups.values().removeIf(session::equals);
  }

  /** Takes the first message that is due, free, and of no other session's group. */
  @Nullable Place take(Object session, long now, Selector selector) {
    places.removeIf(place -> place.holder == null && place.message.isExpired(now));
    Set<String> passed = new HashSet<>();
    for (Place place : places) {
      String group = place.message.group();
      boolean isFree =
          place.holder == null
              && place.due <= now
              && selector.takes(place.message)
              && (group == null
                  || !passed.contains(group)
                      && groups.getOrDefault(group, session).equals(session));
      if (isFree) {
        place.holder = session;
        place.message = place.message.handedOut();
        if (group != null) {
          groups.put(group, session);
        }
        return place;
      }
      if (group != null && (place.holder == null || !place.holder.equals(session))) {
        passed.add(group); // those behind it wait for it
      }
    }
    return null;
  }

  /** When the next message is due that waits for its time; the end of time where none does. */
  long nextDue(long now) {
    return places.stream()
        .filter(place -> place.holder == null && place.due > now)
        .mapToLong(place -> place.due)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  void remove(Place place) {
    places.remove(place);
  }

  List<InMemoryMessage> all() {
    return places.stream().map(Place::message).toList();
  }

  /** The messages that no transaction has taken away for good, in order. */
  QueueState state() {
    long prepared = places.stream().filter(place -> place.holder instanceof InMemoryBranch).count();
    return new QueueState(places.size(), consumers.size(), prepared);
  }
}
