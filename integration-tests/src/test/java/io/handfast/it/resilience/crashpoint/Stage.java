package io.handfast.it.resilience.crashpoint;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Eventually;
import io.handfast.it.harness.Faults;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Tampering;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One coordinator with a queue and a table of its own, and traps for it. */
final class Stage {
  static final Orders SENT = Orders.upTo(20);

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Scene scene;
  private final Order order;
  private final String queue;
  private final Network network;
  private final OrdersTable table;
  private final Auditor auditor;
  private final RunnerProcess node;
  private final Client client;
  private final List<Trap> traps = new ArrayList<>();

  Stage(Scene scene, Cell cell, String name) throws Exception {
    this.scene = scene;
    order = cell.order();
    queue = scene.unique() + "." + name;
    network = new Network(scene);
    table = OrdersTable.create(scene.database(), "orders_" + name);
    auditor = new Auditor(scene.artemis().address(), table, queue);
    node = scene.coordinator(cell + "." + name, configuration(name));
    client = scene.closing(new Client(node.wire(), scene.unique(), queue, table));
  }

  private RunnerConfiguration configuration(String name) throws Exception {
    RunnerConfiguration configuration =
        scene
            .external(name)
            .broker(network.broker())
            .database(network.database())
            .set("handfast.client-sql", "true");
    return order == Order.DATABASE_FIRST
        ? configuration
        : configuration.delivery("orders", DeliverySpec.of(queue, table).consumers(1).batch(5));
  }

  Network network() {
    return network;
  }

  RunnerProcess node() {
    return node;
  }

  Auditor auditor() {
    return auditor;
  }

  Client client() {
    return client;
  }

  String queue() {
    return queue;
  }

  OrdersTable table() {
    return table;
  }

  /** What can go wrong below the coordinator. */
  Faults faults() {
    return Faults.of(node);
  }

  /** The trap that was set last. */
  Trap trap() {
    return traps.get(traps.size() - 1);
  }

  /** Sets a trap at a point, to be loaded with the next start. */
  void set(Point point) throws Exception {
    Trap trap = new Trap(node.directory().resolve("trap-" + point.number()), point.rules(order));
    traps.add(trap);
    boolean needsClock = point == Point.CLOCK_AHEAD || point == Point.CLOCK_BACK;
    Tampering clock = needsClock ? faults().tamperingWithTheClock() : Tampering.NONE;
    node.tamperedWith(trap.tampering().and(clock));
  }

  /** Sends the messages, has them delivered or asked for, and waits until the point is reached. */
  void reach(Point point) throws Exception {
    scene.artemis().address().send(queue, SENT.bodies());
    set(point);
    node.start();
    if (order == Order.DATABASE_FIRST) {
      client.start();
    }
    trap().awaitReached(node);
  }

  /** The steps of participants so far, in all processes with a trap. */
  List<String> trace() throws Exception {
    List<String> trace = new ArrayList<>();
    for (Trap trap : traps) {
      trace.addAll(trap.trace());
    }
    return trace;
  }

  /** The transaction that the first trap has caught; its participants came in the cell's order. */
  String caught() throws Exception {
    String id = traps.get(0).caught();
    List<String> asked =
        traps.get(0).trace().stream()
            .filter(line -> line.matches("prepare (broker|database) " + id))
            .map(line -> line.split(" ")[1])
            .toList();
    assertThat(asked)
        .as("order of the prepares")
        .isEqualTo(List.of(order.first(), order.second()).subList(0, asked.size()));
    return id;
  }

  /** The participants that hold a prepared branch. */
  List<String> prepared() throws Exception {
    return auditor.prepared().stream().map(branch -> branch.split(":")[0]).toList();
  }

  /** Waits until every message is a row, and nothing is prepared. */
  void awaitSettled() {
    Eventually.within(
        PATIENCE,
        () -> {
          assertThat(table.rows()).as("rows").isGreaterThanOrEqualTo(SENT.last());
          assertThat(auditor.prepared()).as("prepared").isEmpty();
        });
  }

  /** The invariant, and that neither log nor recovery waits for anything. */
  void assertClean(Orders sent) throws Exception {
    eventually(
        () -> {
          JsonNode recovery = node.wire().recovery().json();
          assertThat(recovery.path("transactions")).as("in doubt").isEmpty();
          assertThat(recovery.path("inDoubt")).as("branches").isEmpty();
          JsonNode log = node.wire().get("/v1/recovery/log").json();
          assertThat(log.path("certain").asBoolean()).as("certain").isTrue();
          assertThat(log.required("decisions")).as("decisions").isEmpty();
        });
    auditor.assertEveryMessageIsInOnePlace(sent);
  }

  /** Kills a participant's server. */
  void kill(String participant) {
    if (participant.equals("broker")) {
      scene.artemis().kill9();
    } else {
      scene.postgres().kill9();
    }
  }

  /** Starts the server of a participant again. */
  void restart(String participant) {
    if (participant.equals("broker")) {
      scene.artemis();
    } else {
      scene.postgres();
    }
  }
}
