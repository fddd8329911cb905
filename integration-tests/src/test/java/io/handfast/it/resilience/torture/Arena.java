package io.handfast.it.resilience.torture;

import io.handfast.it.harness.ArtemisPair;
import io.handfast.it.harness.Broker;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.PostgresProcess;
import io.handfast.it.harness.Puller;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Tampering;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * All that takes part: a pair of brokers, a database, two coordinators whose names share a prefix,
 * and the clients that send and pull.
 */
final class Arena implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final int PULLED_AT_ONCE = 10;

  private final ArtemisPair brokers;
  private final PostgresProcess postgres;
  private final Database database;
  private final List<Node> nodes = new ArrayList<>();
  private final List<Sender> senders = new ArrayList<>();
  private final List<Puller> pullers = new ArrayList<>();
  private final List<CompletableFuture<Void>> clients = new ArrayList<>();

  Arena(Scene scene, Tampering tampering) throws Exception {
    brokers = scene.closing(new ArtemisPair()).start();
    postgres = scene.postgresWithMaxPreparedTransactions(64);
    database = postgres.createDatabase("torture");
    for (Flow flow : Flow.values()) {
      flow.createTable(database);
    }
    for (String name : List.of("n1", "n11")) {
      Node node = scene.closing(new Node(name, brokers, postgres.port()));
      boolean hasSmallDisk = !nodes.isEmpty();
      RunnerProcess process = scene.coordinator(name, node.configuration(database));
      node.runsAs(process, hasSmallDisk, tampering);
      nodes.add(node);
    }
  }

  void start(int messagesPerSecond) {
    nodes.forEach(Node::launch);
    nodes.forEach(Node::awaitReady);
    for (Flow flow : Flow.values()) {
      if (!flow.isForwarded()) {
        senders.add(new Sender(brokers.address(), flow, messagesPerSecond));
      }
    }
    OrdersTable pulled = Flow.PULLED.table(database);
    for (Node node : nodes) {
      pullers.add(new Puller(node.process().wire(), Flow.PULLED.key(), pulled, PULLED_AT_ONCE));
    }
    senders.forEach(this::background);
    pullers.forEach(this::background);
  }

  private void background(Runnable client) {
    clients.add(CompletableFuture.runAsync(client, task -> new Thread(task).start()));
  }

  /** Fails where a client could not go on. */
  void failIfAClientGaveUp() {
    clients.stream().filter(CompletableFuture::isCompletedExceptionally).forEach(c -> c.join());
  }

  void stopSending() {
    senders.forEach(Sender::stop);
  }

  /** Rows in each table now. */
  Map<Flow, Long> rows() throws Exception {
    Map<Flow, Long> rows = new EnumMap<>(Flow.class);
    for (Flow flow : Flow.values()) {
      rows.put(flow, flow.table(database).rows());
    }
    return rows;
  }

  /**
   * Waits until nothing is left to do, and stops whoever pulls.
   *
   * @return what is left all the same when patience ends: queued, prepared, or decided and not
   *     confirmed
   */
  List<String> awaitNothingLeft(Duration patience) throws Exception {
    Instant end = Instant.now().plus(patience);
    List<String> left = left();
    while (!left.isEmpty() && Instant.now().isBefore(end)) {
      failIfAClientGaveUp();
      Thread.sleep(LOOK.toMillis());
      left = left();
    }
    pullers.forEach(Puller::stop);
    clients.forEach(CompletableFuture::join);
    return left;
  }

  private List<String> left() throws Exception {
    List<String> left = new ArrayList<>();
    for (Sender sender : senders) {
      if (!sender.isDone()) {
        left.add("sending to " + sender.flow().key());
      }
    }
    for (Flow flow : Flow.values()) {
      long queued = broker().messageCount(flow.key());
      if (queued > 0) {
        left.add("%d messages in %s".formatted(queued, flow.key()));
      }
    }
    broker().preparedTransactions().forEach(id -> left.add("prepared in the broker: " + id));
    database.preparedTransactions().forEach(id -> left.add("prepared in the database: " + id));
    for (Node node : nodes) {
      unconfirmed(node).forEach(it -> left.add("unconfirmed at %s: %s".formatted(node.name(), it)));
    }
    return left;
  }

  private static List<String> unconfirmed(Node node) {
    List<String> unconfirmed = new ArrayList<>();
    node.process()
        .wire()
        .get("/v1/recovery/log")
        .json()
        .path("decisions")
        .forEach(decision -> unconfirmed.add(decision.toString()));
    return unconfirmed;
  }

  Broker broker() {
    return brokers.address();
  }

  ArtemisPair brokers() {
    return brokers;
  }

  PostgresProcess postgres() {
    return postgres;
  }

  Database database() {
    return database;
  }

  List<Node> nodes() {
    return nodes;
  }

  List<Sender> senders() {
    return senders;
  }

  @Override
  public void close() {
    stopSending();
    pullers.forEach(Puller::stop);
    nodes.forEach(Node::close);
  }
}
