package io.handfast.it.benchmark.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Broker;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Eventually;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.PreparedWatch;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.time.Duration;
import java.util.Random;

/** A node under load that is ended and started again and again, and how long each start takes. */
final class Starts {
  private static final String NODE = "n1";
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** Later than this after the service is ready nothing should be prepared any more. */
  private static final Duration TARGET = Duration.ofSeconds(1);

  private static final int LATEST_KILL_MILLIS = 700;

  private final Setting setting;
  private final int backlog;
  private final Random random;
  private final Broker broker;
  private final Database database;
  private final OrdersTable table;
  private final String queue;
  private final RunnerProcess node;
  private final LeftBranches left;
  private long sent;
  private String start;

  Starts(Scene scene, Setting setting, Database database, int backlog, Random random)
      throws Exception {
    this.setting = setting;
    this.backlog = backlog;
    this.random = random;
    this.broker = scene.artemis().address();
    this.database = database;
    this.table = OrdersTable.create(database, "orders_" + setting.key());
    this.queue = scene.queue() + "." + setting.key();
    this.left = new LeftBranches(broker, table, queue + ".left");
    this.node = scene.coordinator(setting.key(), configuration());
    node.start();
    this.start = startOf(node);
  }

  private RunnerConfiguration configuration() {
    DeliverySpec delivery =
        DeliverySpec.of(queue, table).consumers(setting.consumers()).batch(setting.batch());
    return new RunnerConfiguration()
        .set("handfast.node", NODE)
        .broker(broker)
        .database(database)
        .delivery("orders", delivery);
  }

  /** The node, its log and its incarnation, as they stand in its transaction ids. */
  private static String startOf(RunnerProcess node) {
    return NODE + "." + node.wire().recovery().json().path("log").asText();
  }

  /** Whether a transaction is of this node and of no later start than the given one. */
  private static boolean isUpTo(String start, String globalId) {
    return globalId.startsWith(NODE + ".") && incarnation(globalId) <= incarnation(start);
  }

  private static long incarnation(String id) {
    return Long.parseLong(id.split("\\.")[2], Character.MAX_RADIX);
  }

  Start measure() throws Exception {
    topUp();
    end();
    String ended = start;
    try (PreparedWatch watch = new PreparedWatch(broker, database, id -> isUpTo(ended, id))) {
      long begin = System.nanoTime();
      node.launch();
      long ready = node.timeReady(PATIENCE);
      awaitClear(watch, ready);
      start = startOf(node);
      int prepared = watch.seen().size();
      long clear = prepared == 0 ? 0 : millis(begin, watch.clearSince());
      return new Start(prepared, millis(begin, ready), clear);
    }
  }

  private void topUp() throws Exception {
    long missing = backlog - broker.messageCount(queue);
    if (missing > 0) {
      broker.send(queue, new Orders(sent + 1, sent + missing).bodies());
      sent += missing;
    }
  }

  private void end() throws Exception {
    if (!setting.isKilled()) {
      node.terminate();
      return;
    }
    long before = table.rows();
    Eventually.within(PATIENCE, () -> assertThat(table.rows()).isGreaterThan(before));
    Thread.sleep(random.nextInt(LATEST_KILL_MILLIS));
    node.kill9();
    assertThat(broker.messageCount(queue)).as("messages left at the kill").isPositive();
    left.prepare(setting.leftInDatabase(), setting.leftInBroker(), start);
  }

  private static void awaitClear(PreparedWatch watch, long ready) throws InterruptedException {
    long patience = System.nanoTime() + PATIENCE.toNanos();
    while (!watch.isClear() || System.nanoTime() - ready < TARGET.toNanos()) {
      assertThat(System.nanoTime()).as("still prepared").isLessThan(patience);
      Thread.sleep(5);
    }
  }

  private static long millis(long from, long to) {
    return Math.round((to - from) / 1e6);
  }

  /** Lets the node finish, and looks whether every message is one row and nothing else is there. */
  void audit() throws Exception {
    Eventually.within(PATIENCE, () -> assertThat(broker.messageCount(queue)).isZero());
    Eventually.within(PATIENCE, () -> assertThat(database.preparedTransactions()).isEmpty());
    assertThat(table.rows()).as("rows").isEqualTo(sent);
    assertThat(table.distinctRows()).as("distinct rows").isEqualTo(sent);
    left.assertNothingCameOfThem();
    node.kill9();
  }
}
