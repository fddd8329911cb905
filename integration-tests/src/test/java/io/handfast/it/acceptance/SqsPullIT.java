package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.within;
import static io.handfast.it.harness.Problems.assertProblem;
import static io.handfast.it.harness.Pulled.bodies;
import static io.handfast.it.harness.Pulled.ids;
import static io.handfast.it.harness.Pulled.refuse;
import static io.handfast.it.harness.Pulled.transaction;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Answer;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.ElasticMqProcess;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clients ask for messages of a queue of SQS, and settle them in transactions of their own. */
class SqsPullIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int GROUPS = 10;

  @RegisterExtension final Scene scene = new Scene();

  private OrdersTable table;

  @BeforeEach
  void createQueue() throws Exception {
    scene.sqs().createQueue(queue(), Map.of());
    table = OrdersTable.create(scene.database(), "orders");
  }

  private String queue() {
    return scene.unique() + ".fifo";
  }

  private RunnerProcess node(String name) throws Exception {
    return scene
        .coordinator(
            name,
            new RunnerConfiguration()
                .set("handfast.node", name)
                .withoutBroker()
                .sqs(scene.sqs())
                .database(scene.database())
                .set("handfast.client-sql", true)
                .set("handfast.transactions.longest-lease", "PT20H")
                .delivery("orders", DeliverySpec.fromSqs(queue()).pull().retry(2, "PT1S")))
        .tamperedWith(ElasticMqProcess.CREDENTIALS)
        .start();
  }

  private void send(String group, long... ids) {
    for (long id : ids) {
      scene.sqs().send(queue(), group, "m" + id, Orders.json(id));
    }
  }

  @Test
  void clientsAtTwoNodesSettleEachMessageOnceAlsoWhatAKilledNodesClientHas() throws Exception {
    RunnerProcess first = node("n1");
    Wire second = node("n2").wire();
    scene.sqs().sendToGroups(queue(), Orders.upTo(200), GROUPS);
    Answer lost = received(first.wire(), "max=10&lease=PT10H");
    insert(first.wire(), transaction(lost), bodies(lost));
    Set<Long> taken = ConcurrentHashMap.newKeySet();
    List<CompletableFuture<Void>> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Wire wire = i % 2 == 0 ? first.wire() : second;
      clients.add(
          CompletableFuture.runAsync(() -> pullAll(wire, taken), task -> new Thread(task).start()));
    }
    CompletableFuture.allOf(clients.toArray(CompletableFuture[]::new)).join();
    assertThat(taken).as("those behind what a client has wait").hasSizeLessThan(200);
    assertThat(taken).doesNotContainAnyElementsOf(ids(lost));

    first.kill9();
    within(
        PATIENCE,
        () -> {
          pullAll(second, taken);
          assertThat(taken).hasSize(200);
        });

    assertThat(table.rows()).isEqualTo(200);
    assertThat(table.distinctRows()).isEqualTo(200);
    within(PATIENCE, () -> assertThat(scene.sqs().messages(queue())).isZero());
  }

  private void pullAll(Wire wire, Set<Long> taken) {
    Answer pulled = wire.receive("orders", "max=10&wait=PT1S");
    while (pulled.status() == 200) {
      insert(wire, transaction(pulled), bodies(pulled));
      Answer commit = wire.commit(transaction(pulled));
      assertThat(commit.status()).as(commit.text()).isEqualTo(200);
      ids(pulled).forEach(id -> assertThat(taken.add(id)).as("only one has %d", id).isTrue());
      pulled = wire.receive("orders", "max=10&wait=PT1S");
    }
    assertThat(pulled.status()).as(pulled.text()).isEqualTo(204);
  }

  @Test
  void anExpiredLeaseReturnsTheMessagesAndALateCommitIsToldSo() throws Exception {
    Wire wire = node("n1").wire();
    send("g", 1);
    String late = transaction(received(wire, "max=3&lease=PT1S&transaction=mine"));
    assertThat(late).isEqualTo("mine");
    assertThat(ids(received(wire, "max=3&transaction=mine"))).as("a repeated call").hasSize(1);
    insert(wire, late, List.of(Orders.json(1)));

    Answer again = received(wire, "max=3");

    assertThat(ids(again)).containsExactly(1L);
    Answer commit = wire.commit(late);
    assertProblem(commit, 409);
    assertThat(commit.json().path("type").asText()).isEqualTo("urn:handfast:problem:rolled-back");
    assertThat(commit.text()).contains("the lease expired");
    assertThat(table.rows()).isZero();
    insert(wire, transaction(again), bodies(again));
    assertThat(wire.commit(transaction(again)).status()).isEqualTo(200);
    assertThat(table.ids()).containsExactly(1L);
    assertThat(wire.receive("orders", "max=3&wait=PT1S").status()).isEqualTo(204);
    assertThat(scene.sqs().messages(queue())).isZero();
  }

  @Test
  void whatIsRefusedKeepsItsPlaceInItsGroupThenIsADeadLetterThatAClientGetsAgain()
      throws Exception {
    Wire wire = node("n1").wire();
    send("g", 1, 2);
    send("h", 3);
    Answer all = received(wire, "max=10");
    assertThat(ids(all)).containsExactly(1L, 2L, 3L);
    assertThat(all.json().at("/messages/2/headers/sqs.group").asText()).isEqualTo("h");
    insert(wire, transaction(all), bodies(all));
    refuse(wire, all, 0);

    Answer overtaken = wire.commit(transaction(all));

    assertProblem(overtaken, 409);
    assertThat(overtaken.text()).contains("out of stock", "behind it must not overtake it");
    assertThat(table.rows()).isZero();
    Answer other = received(wire, "max=10");
    assertThat(ids(other)).as("its group is held").containsExactly(3L);
    assertThat(wire.commit(transaction(other)).status()).isEqualTo(200);
    Answer again = received(wire, "max=10");
    assertThat(ids(again)).containsExactly(1L, 2L);
    assertThat(again.json().at("/messages/0/attempt").asInt()).isEqualTo(2);
    insert(wire, transaction(again), bodies(again).subList(1, 2));
    refuse(wire, again, 0);
    assertThat(wire.commit(transaction(again)).status()).isEqualTo(200);
    assertThat(table.ids()).containsExactly(2L);
    assertThat(scene.sqs().messages(queue())).isZero();

    String letters = "/v1/dead-letters/database/orders";
    assertThat(wire.get(letters).json().at("/total").asLong()).isEqualTo(1);
    Answer replayed = wire.call("POST", letters + "/replay", "application/json", "");
    assertThat(replayed.json().at("/replayed").asLong()).as(replayed.text()).isEqualTo(1);
    Answer letter = received(wire, "max=10");
    assertThat(ids(letter)).containsExactly(1L);
    insert(wire, transaction(letter), bodies(letter));
    assertThat(wire.commit(transaction(letter)).status()).isEqualTo(200);

    assertThat(wire.get(letters).json().at("/total").asLong()).isZero();
    assertThat(table.ids()).containsExactlyInAnyOrder(1L, 2L);
  }

  @Test
  void aLeaseThatSqsWouldNotKeepIsRefusedAndWeakGuaranteesPullToo() throws Exception {
    Wire wire = node("n1").wire();
    send("g", 1);

    Answer refused = wire.receive("orders", "max=1&lease=PT13H");

    assertProblem(refused, 400);
    assertThat(refused.json().at("/violations/0/field").asText()).isEqualTo("lease");
    assertThat(refused.json().at("/violations/0/value").asText()).isEqualTo("PT13H");
    assertThat(refused.text()).contains("up to PT11H59M", "SQS leases a message for PT12H");
    Answer pulled = received(wire, "max=1&lease=PT11H59M");
    assertProblem(wire.extend(transaction(pulled), "PT12H"), 400);
    assertThat(wire.extend(transaction(pulled), "PT11H").status()).isEqualTo(200);
    assertThat(wire.rollback(transaction(pulled)).status()).isEqualTo(200);

    for (String guarantee : List.of("at-least-once", "at-most-once")) {
      String queue = scene.unique() + "-" + guarantee;
      scene.sqs().createQueue(queue, Map.of());
      scene.sqs().send(queue, Orders.json(7));
      Answer put = wire.putDelivery(guarantee, DeliverySpec.fromSqs(queue).under(guarantee).pull());
      assertThat(put.status()).as(put.text()).isEqualTo(201);

      Answer weak = wire.receive(guarantee, "max=1&wait=PT5S");

      assertThat(ids(weak)).containsExactly(7L);
      if (guarantee.equals("at-least-once")) {
        insert(wire, transaction(weak), bodies(weak));
        assertThat(wire.commit(transaction(weak)).status()).isEqualTo(200);
      } else {
        assertThat(weak.json().has("transaction")).isFalse();
      }
      assertThat(scene.sqs().messages(queue)).isZero();
    }
    assertThat(table.ids()).containsExactly(7L);
  }

  private Answer received(Wire wire, String query) {
    Answer pulled = wire.receive("orders", query + "&wait=PT20S");
    assertThat(pulled.status()).as(pulled.text()).isEqualTo(200);
    return pulled;
  }

  private void insert(Wire wire, String transaction, List<String> bodies) {
    Answer inserted = wire.run(transaction, table.insert(), bodies);
    assertThat(inserted.status()).as(inserted.text()).isEqualTo(200);
  }
}
