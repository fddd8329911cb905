package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.eventually;
import static io.handfast.it.harness.Eventually.within;
import static io.handfast.it.harness.Problems.assertProblem;
import static io.handfast.it.harness.Pulled.bodies;
import static io.handfast.it.harness.Pulled.ids;
import static io.handfast.it.harness.Pulled.refuse;
import static io.handfast.it.harness.Pulled.transaction;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Answer;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clients ask for records of a topic, and settle them in transactions of their own. */
class KafkaPullIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int PARTITIONS = 2;

  @RegisterExtension final Scene scene = new Scene();

  private OrdersTable table;

  @BeforeEach
  void createTopic() throws Exception {
    scene.kafka().createTopic(scene.unique(), PARTITIONS);
    table = OrdersTable.create(scene.database(), "orders");
  }

  private RunnerProcess node(String name) throws Exception {
    return scene
        .coordinator(
            name,
            scene
                .external(name)
                .kafka(scene.kafka())
                .set("handfast.client-sql", true)
                .set("handfast.kafka.\"max.poll.interval.ms\"", 60_000)
                .delivery(
                    "orders", DeliverySpec.fromKafka(scene.unique()).pull().retry(2, "PT0.1S")))
        .start();
  }

  private void send(String... bodies) throws Exception {
    scene.kafka().send(scene.unique(), PARTITIONS, List.of(bodies));
  }

  @Test
  void anExpiredLeaseReturnsTheRecordsAndALateCommitIsToldSo() throws Exception {
    Wire wire = node("n1").wire();
    send(Orders.json(1));
    String late = transaction(received(wire, "max=3&lease=PT1S"));
    insert(wire, late, List.of(Orders.json(1)));

    eventually(
        () ->
            assertThat(wire.transaction(late).json().path("status").asText())
                .isEqualTo("rolled-back"));
    Answer again = received(wire, "max=3");

    assertThat(ids(again)).containsExactly(1L);
    Answer commit = wire.commit(late);
    assertProblem(commit, 409);
    assertThat(commit.json().path("type").asText()).isEqualTo("urn:handfast:problem:rolled-back");
    assertThat(table.rows()).isZero();
    insert(wire, transaction(again), bodies(again));
    assertThat(wire.commit(transaction(again)).status()).isEqualTo(200);
    assertThat(table.ids()).containsExactly(1L);
    assertThat(wire.receive("orders", "max=3&wait=PT1S").status()).isEqualTo(204);
  }

  @Test
  void aPartitionIsOneClientsAtATime() throws Exception {
    Wire wire = node("n1").wire();
    send(Orders.json(1), Orders.json(2), Orders.json(3), Orders.json(4));

    Answer first = received(wire, "max=1");
    Answer second = received(wire, "max=10");

    assertThat(ids(first)).hasSize(1);
    assertThat(ids(second)).hasSize(2).doesNotContainAnyElementsOf(ids(first));
    assertThat(ids(second).stream().map(id -> id % PARTITIONS))
        .as("those of the other partition")
        .doesNotContain(ids(first).get(0) % PARTITIONS);
    assertThat(wire.receive("orders", "max=10&wait=PT1S").status()).isEqualTo(204);
    insert(wire, transaction(first), bodies(first));
    assertThat(wire.commit(transaction(first)).status()).isEqualTo(200);
    assertThat(ids(received(wire, "max=10"))).containsExactly(ids(first).get(0) + PARTITIONS);
  }

  @Test
  void whatAKilledNodesClientHasComesToAnotherNode() throws Exception {
    RunnerProcess first = node("n1");
    RunnerProcess second = node("n2");
    scene.kafka().send(scene.unique(), PARTITIONS, Orders.upTo(400).bodies());
    Answer lost = received(first.wire(), "max=50");
    insert(first.wire(), transaction(lost), bodies(lost));

    first.kill9();
    Set<Long> taken = ConcurrentHashMap.newKeySet();
    within(
        PATIENCE,
        () -> {
          pullAll(second.wire(), taken);
          assertThat(taken).hasSize(400);
        });

    assertThat(table.rows()).isEqualTo(400);
    assertThat(table.distinctRows()).isEqualTo(400);
  }

  @Test
  void manyClientsAtTwoNodesNeverHaveARecordInTwoHands() throws Exception {
    List<Wire> wires = List.of(node("n1").wire(), node("n2").wire());
    scene.kafka().send(scene.unique(), PARTITIONS, Orders.upTo(1_000).bodies());
    Set<Long> taken = ConcurrentHashMap.newKeySet();

    List<CompletableFuture<Void>> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Wire wire = wires.get(i % wires.size());
      clients.add(
          CompletableFuture.runAsync(
              () -> within(PATIENCE, () -> pullUntil(wire, taken, 1_000)),
              task -> new Thread(task).start()));
    }
    CompletableFuture.allOf(clients.toArray(CompletableFuture[]::new)).join();

    assertThat(table.rows()).isEqualTo(1_000);
    assertThat(table.distinctRows()).isEqualTo(1_000);
  }

  private void pullUntil(Wire wire, Set<Long> taken, int count) {
    pullAll(wire, taken);
    assertThat(taken).hasSize(count);
  }

  /** A partition may move to the other node meanwhile: the client is told so then. */
  private void pullAll(Wire wire, Set<Long> taken) {
    Answer pulled = wire.receive("orders", "max=25&wait=PT2S");
    while (pulled.status() == 200) {
      insert(wire, transaction(pulled), bodies(pulled));
      Answer commit = wire.commit(transaction(pulled));
      if (commit.status() == 200) {
        ids(pulled).forEach(id -> assertThat(taken.add(id)).as("only one has %d", id).isTrue());
      } else {
        assertThat(commit.text()).contains("another consumer has taken");
      }
      pulled = wire.receive("orders", "max=25&wait=PT2S");
    }
    assertThat(pulled.status()).as(pulled.text()).isEqualTo(204);
  }

  @Test
  void aRecordThatIsRefusedComesAgainThenIsADeadLetterAndThoseBehindItFollow() throws Exception {
    Wire wire = node("n1").wire();
    send(Orders.json(1), "another partition's", Orders.json(3));
    Answer one = receivedOf(wire, 1);
    assertThat(attempt(one)).isEqualTo(1);
    refuse(wire, one, 0);
    Answer held = wire.commit(transaction(one));
    assertProblem(held, 409);
    assertThat(held.text()).contains("out of stock");

    Answer again = receivedOf(wire, 1);
    assertThat(attempt(again)).as("the row of its partition tells").isEqualTo(2);
    refuse(wire, again, 0);
    assertThat(wire.commit(transaction(again)).status()).isEqualTo(200);

    assertThat(ids(receivedOf(wire, 3))).containsExactly(3L);
    assertThat(
            scene
                .database()
                .values(
                    "SELECT position || ' ' || failures || ' ' || cause FROM handfast_dead_letter"))
        .containsExactly("0 2 out of stock");
    String letters = "/v1/dead-letters/database/orders";
    Answer replayed = wire.call("POST", letters + "/replay", "application/json", "");
    assertThat(replayed.json().at("/replayed").asLong()).as(replayed.text()).isEqualTo(1);
    Answer letter = received(wire, "max=1");
    assertThat(ids(letter)).containsExactly(1L);
    insert(wire, transaction(letter), bodies(letter));
    assertThat(wire.commit(transaction(letter)).status()).isEqualTo(200);
    assertThat(wire.get(letters).json().at("/total").asLong()).isZero();
    assertThat(table.ids()).containsExactly(1L);
  }

  @Test
  void aLeaseThatKafkaWouldNotWaitForIsRefused() throws Exception {
    Wire wire = node("n1").wire();

    Answer refused = wire.receive("orders", "max=1&lease=PT55S");

    assertProblem(refused, 400);
    assertThat(refused.json().at("/violations/0/field").asText()).isEqualTo("lease");
    assertThat(refused.text()).contains("PT55S", "up to PT50S", "max.poll.interval.ms is 60000");
    send(Orders.json(1));
    Answer pulled = received(wire, "max=1&lease=PT50S");
    assertProblem(wire.extend(transaction(pulled), "PT55S"), 400);
    assertThat(wire.extend(transaction(pulled), "PT50S").status()).isEqualTo(200);
    assertThat(
            wire.putDelivery(
                    "weak", DeliverySpec.fromKafka(scene.unique()).under("at-least-once").pull())
                .text())
        .contains("exactly-once with style pull");
  }

  private Answer received(Wire wire, String query) {
    Answer pulled = wire.receive("orders", query + "&wait=PT20S");
    assertThat(pulled.status()).as(pulled.text()).isEqualTo(200);
    return pulled;
  }

  /** One that begins with this order; others are left where they are. */
  private Answer receivedOf(Wire wire, long id) {
    List<Answer> found = new ArrayList<>();
    within(
        PATIENCE,
        () -> {
          Answer pulled = received(wire, "max=1");
          boolean isIt = bodies(pulled).get(0).startsWith("{") && ids(pulled).get(0) == id;
          if (isIt) {
            found.add(pulled);
          }
          assertThat(isIt).as(pulled.text()).isTrue();
        });
    return found.get(0);
  }

  private static int attempt(Answer pulled) {
    return pulled.json().at("/messages/0/attempt").asInt();
  }

  private void insert(Wire wire, String transaction, List<String> bodies) {
    Answer inserted = wire.run(transaction, table.insert(), bodies);
    assertThat(inserted.status()).as(inserted.text()).isEqualTo(200);
  }
}
