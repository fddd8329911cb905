package io.handfast.it.benchmark.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.BranchId;
import io.handfast.it.harness.Broker;
import io.handfast.it.harness.OrdersTable;
import java.util.List;
import java.util.stream.LongStream;

/** Branches as a node prepares them, made by hand, so that there are as many as are wanted. */
final class LeftBranches {
  /** So high that no transaction of the node has such a number. */
  private static final long FIRST_NUMBER = 1_000_000_000_000L;

  private final Broker broker;
  private final OrdersTable table;
  private final String queue;

  LeftBranches(Broker broker, OrdersTable table, String queue) {
    this.broker = broker;
    this.table = table;
    this.queue = queue;
  }

  /**
   * Prepares branches.
   *
   * @param start the node, its log and incarnation, as they stand in transaction ids
   */
  void prepare(int inDatabase, int inBroker, String start) throws Exception {
    table
        .database()
        .prepare(
            "INSERT INTO %s(id, item, qty) VALUES (-1, 'left', 0)".formatted(table.name()),
            branches(inDatabase, start, "database"));
    broker.prepare(queue, branches(inBroker, start, "broker"));
  }

  private static List<BranchId> branches(int count, String start, String participant) {
    return LongStream.range(FIRST_NUMBER, FIRST_NUMBER + count)
        .mapToObj(number -> start + "." + Long.toString(number, Character.MAX_RADIX))
        .map(transaction -> BranchId.handfast(transaction, participant))
        .toList();
  }

  /** There was no decision on any, so all were rolled back. */
  void assertNothingCameOfThem() throws Exception {
    assertThat(broker.messageCount(queue)).as("messages of branches left").isZero();
    assertThat(
            table.database().number("SELECT count(*) FROM %s WHERE id < 0".formatted(table.name())))
        .as("rows of branches left")
        .isZero();
  }
}
