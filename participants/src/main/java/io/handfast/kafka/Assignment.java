package io.handfast.kafka;

import io.handfast.message.PositionedSession.Failed;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The partitions that a session has, by their numbers: those that wait, and those that give. */
final class Assignment {

  private final Set<Integer> waiting = new TreeSet<>();
  private final Map<Integer, Failed> begun = new HashMap<>();

  /** A partition is the session's, and does not give yet; whether it was not before. */
  boolean add(int number) {
    return !begun.containsKey(number) && waiting.add(number);
  }

  void remove(Collection<Integer> numbers) {
    waiting.removeAll(numbers);
    begun.keySet().removeAll(numbers);
  }

  /** A partition gives from now on; whether it has waited. */
  boolean begin(int number, Failed failed) {
    boolean hasWaited = waiting.remove(number);
    if (hasWaited) {
      begun.put(number, failed);
    }
    return hasWaited;
  }

  /** A partition waits again; whether it has given. */
  boolean again(int number) {
    boolean hasBegun = begun.remove(number) != null;
    if (hasBegun) {
      waiting.add(number);
    }
    return hasBegun;
  }

  boolean gives(int number) {
    return begun.containsKey(number);
  }

  boolean has(int number) {
    return gives(number) || waiting.contains(number);
  }

  /** How often the message at an offset has failed. */
  int failures(int number, long offset) {
    Failed failed = begun.getOrDefault(number, Failed.NONE);
    return failed.offset() == offset ? failed.attempts() : 0;
  }

  Set<Integer> waiting() {
    return Set.copyOf(waiting);
  }

  Set<Integer> giving() {
    return Set.copyOf(begun.keySet());
  }
}
