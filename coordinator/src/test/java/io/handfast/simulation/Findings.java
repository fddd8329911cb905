package io.handfast.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is wrong after a schedule, in words. */
final class Findings {

  private Findings() {}

  static List<String> of(World world) {
    List<String> found = new ArrayList<>();
    Plan plan = world.plan;
    Map<Integer, Integer> applied = world.applied();
    List<Integer> next = world.ids("next");
    List<Integer> dead = world.dead();
    List<Integer> left = world.left();
    for (int id = 1; id <= plan.messages(); id++) {
      int rows = applied.getOrDefault(id, 0);
      int letters = count(dead, id); // of each copy, where the sender repeats what is refused
      int places = rows + (plan.isRepeated() ? Math.min(1, letters) : letters) + count(left, id);
      if (plan.isAtLeastOnce() && places == 0) {
        found.add("message " + id + " is lost");
      }
      if (plan.isAtMostOnce() && places > 1) {
        found.add("message " + id + " is in " + places + " places");
      }
      if (plan.refuses(id) && rows > 0) {
        found.add("message " + id + " was refused, and has a row");
      }
      if (plan.isForwarded() && plan.isExactlyOnce() && count(next, id) != rows) {
        found.add("message %d has %d rows and %d copies".formatted(id, rows, count(next, id)));
      }
      if (plan.isForwarded() && plan.isAtLeastOnce() && rows > 0 && count(next, id) == 0) {
        found.add("message %d has %d rows and no copy".formatted(id, rows));
      }
      if (plan.isForwarded() && plan.isAtMostOnce() && count(next, id) > 1) {
        found.add("message %d has %d copies".formatted(id, count(next, id)));
      }
    }
    boolean isOrdered = plan.isPositioned() && !plan.isRepeated() || plan.isLeased();
    if (isOrdered && plan.isExactlyOnce()) {
      findDisorder(world, found);
    }
    List<Integer> audit = world.ids(Client.QUEUE);
    for (Client client : world.clients) {
      int rows = applied.getOrDefault(client.id(), 0);
      String problem = client.problem(rows, count(audit, client.id()));
      if (problem != null) {
        found.add(problem);
      }
    }
    if (world.server.preparedBranches() > 0) {
      found.add("the database holds prepared branches");
    }
    if (world.broker.preparedBranches() > 0) {
      found.add("the broker holds prepared branches");
    }
    return found;
  }

  /** Messages of one partition were put in the order of their ids. */
  private static void findDisorder(World world, List<String> found) {
    int[] last = new int[world.plan.partitions()];
    for (int id : world.order()) {
      int partition = world.plan.partitionOf(id);
      if (id < last[partition]) {
        found.add("message %d was applied after %d".formatted(id, last[partition]));
      }
      last[partition] = id;
    }
  }

  private static int count(List<Integer> ids, int id) {
    return (int) ids.stream().filter(one -> one == id).count();
  }
}
