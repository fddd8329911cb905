package io.handfast.it.resilience.torture;

import io.handfast.it.harness.Broker;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.QueuedMessage;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What became of the messages of one flow, compared message by message by connections of its own.
 *
 * @param sent messages that the broker confirmed to the sender, poison included
 * @param rows rows in the table
 * @param deadLetters messages in the dead-letter queue
 * @param lost good messages that are nowhere, or poison that is not in the dead-letter queue
 * @param doubled messages that are in more than one place, or twice in one
 * @param foreign messages that were never sent, and poison that was applied
 */
record Audit(
    Flow flow,
    long sent,
    long rows,
    long deadLetters,
    List<Long> lost,
    List<Long> doubled,
    List<Long> foreign) {

  /** Looks at a flow whose work is over. */
  static Audit of(Flow flow, long sent, BitSet expected, Database database, Broker broker)
      throws Exception {
    List<Long> rows = flow.table(database).ids();
    List<Long> dead = idsIn(flow.deadLetters(), broker);
    BitSet seen = new BitSet();
    BitSet twice = new BitSet();
    Stream.of(rows, dead, waiting(flow, broker))
        .flatMap(List::stream)
        .mapToInt(Long::intValue)
        .forEach(id -> (seen.get(id) ? twice : seen).set(id));
    BitSet applied = new BitSet();
    rows.forEach(id -> applied.set(id.intValue()));
    BitSet all = new BitSet();
    all.or(expected);
    if (!flow.isForwarded()) { // poison is not forwarded
      for (long id = 1; id <= sent; id++) {
        all.set((int) id);
      }
    }
    BitSet foreign = without(seen, all);
    foreign.or(without(applied, expected));
    return new Audit(
        flow, sent, rows.size(), dead.size(), list(without(all, seen)), list(twice), list(foreign));
  }

  /** The messages that somebody may take from a flow's queue, now or after their delay. */
  static List<Long> waiting(Flow flow, Broker broker) throws Exception {
    return Stream.of(idsIn(flow.key(), broker), scheduled(flow, broker))
        .flatMap(List::stream)
        .toList();
  }

  private static List<Long> idsIn(String queue, Broker broker) throws Exception {
    return broker.browse(queue).stream().map(QueuedMessage::body).map(Orders::idOf).toList();
  }

  private static List<Long> scheduled(Flow flow, Broker broker) throws Exception {
    String prefix = flow.key() + "-";
    return broker.scheduled(flow.key()).stream()
        .map(id -> Long.valueOf(id.substring(prefix.length())))
        .toList();
  }

  private static BitSet without(BitSet all, BitSet some) {
    BitSet rest = (BitSet) all.clone();
    rest.andNot(some);
    return rest;
  }

  private static List<Long> list(BitSet ids) {
    return ids.stream().asLongStream().boxed().toList();
  }

  /** What breaks this flow's promise, a line each; nothing where it is kept. */
  List<String> brokenPromises() {
    return Stream.of(
            line("lost", flow.mayLose() ? List.of() : lost),
            line("duplicated", flow.mayDouble() ? List.of() : doubled),
            line("never sent, or applied though it cannot be", foreign))
        .filter(line -> !line.isEmpty())
        .toList();
  }

  private String line(String what, List<Long> ids) {
    String some = ids.stream().limit(20).map(String::valueOf).collect(Collectors.joining(", "));
    return ids.isEmpty() ? "" : "%s: %d %s (%s)".formatted(flow.key(), ids.size(), what, some);
  }
}
