package io.handfast.message;

import io.handfast.message.PositionedSession.Partition;
import io.handfast.message.PositionedSession.Position;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** A group of consumers in memory: who has which partition, and what the group has kept. */
final class InMemoryGroup {

  private final List<Object> members = new ArrayList<>();
  private final Map<Partition, Object> owners = new TreeMap<>();
  private final Map<Partition, Position> kept = new TreeMap<>();

  boolean isMember(Object member) {
    return members.contains(member);
  }

  void join(Object member) {
    if (!members.contains(member)) {
      members.add(member);
    }
  }

  void leave(Object member) {
    members.remove(member);
    owners.values().removeIf(owner -> owner == member);
  }

  /**
   * Gives back what another member is to have, and takes what is free and the member's: partition
   * by partition, the members in the order in which they came.
   *
   * @return what the member has from now on
   */
  Set<Partition> settle(Object member, List<Partition> all) {
    owners.keySet().retainAll(all);
    Set<Partition> mine = new LinkedHashSet<>();
    for (Partition partition : all) {
      boolean isMine = members.get(partition.number() % members.size()) == member;
      if (!isMine) {
        owners.remove(partition, member);
      } else if (owners.computeIfAbsent(partition, free -> member) == member) {
        mine.add(partition);
      }
    }
    return mine;
  }

  void keep(Partition partition, Position position) {
    kept.put(partition, position);
  }

  /** Forgets what it has kept of a topic; false where it has members. */
  boolean forget(String topic) {
    if (!members.isEmpty()) {
      return false;
    }
    kept.keySet().removeIf(partition -> partition.topic().equals(topic));
    return true;
  }

  Optional<Position> kept(Partition partition) {
    return Optional.ofNullable(kept.get(partition));
  }
}
