package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.eventually;
import static io.handfast.it.harness.Problems.assertProblem;
import static io.handfast.it.harness.Pulled.bodies;
import static io.handfast.it.harness.Pulled.ids;
import static io.handfast.it.harness.Pulled.message;
import static io.handfast.it.harness.Pulled.refuse;
import static io.handfast.it.harness.Pulled.transaction;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Answer;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.QueuedMessage;
import io.handfast.it.harness.SharedNode;
import io.handfast.it.harness.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients ask for messages, keep them for a while, and settle them all or one by one. */
class PullIT {
  private static final String ROLLED_BACK = "urn:handfast:problem:rolled-back";

  @RegisterExtension static final SharedNode SHARED = new SharedNode();

  private OrdersTable table;
  private Wire wire;

  @BeforeEach
  void start() throws Exception {
    table = SHARED.createTable();
    wire = SHARED.wire();
  }

  private void pullUnder(String mode, int attempts) {
    DeliverySpec delivery =
        DeliverySpec.fromQueue(SHARED.unique()).under(mode).pull().retry(attempts, "PT0.1S");
    assertThat(wire.putDelivery(SHARED.unique(), delivery).status()).isEqualTo(201);
  }

  @ParameterizedTest
  @ValueSource(strings = {"two-phase-commit", "local-commit"})
  void anExpiredLeaseReturnsTheMessagesAndALateCommitIsToldSo(String protocol) throws Exception {
    pullUnder(protocol, 2);
    wire.sendLines(SHARED.unique(), Orders.upTo(3).ndjson());
    String late = transaction(receive("max=3&wait=PT10S&lease=PT1S"));
    insert(late, 1);

    eventually(() -> assertThat(status(late)).isEqualTo("rolled-back"));
    Answer again = receive("max=3&wait=PT20S");

    assertThat(ids(again)).containsExactly(1L, 2L, 3L);
    Answer commit = wire.commit(late);
    assertProblem(commit, 409);
    assertThat(commit.json().path("type").asText()).isEqualTo(ROLLED_BACK);
    assertThat(commit.json().path("retry").asText()).isEqualTo("safe");
    assertThat(table.rows()).isZero();
    insert(transaction(again), 1);
    assertThat(wire.commit(transaction(again)).status()).isEqualTo(200);
    assertThat(table.rows()).isEqualTo(1);
    assertThat(left()).isZero();
  }

  @Test
  void anExtendedLeaseOutlivesItsFirstEnd() throws Exception {
    pullUnder("two-phase-commit", 5);
    wire.sendJson(SHARED.unique(), Orders.json(1));
    String transaction = transaction(receive("wait=PT10S&lease=PT1S"));

    assertThat(wire.extend(transaction, "PT30S").status()).isEqualTo(200);

    Thread.sleep(1_500);
    insert(transaction, 1);
    assertThat(wire.commit(transaction).status()).isEqualTo(200);
    assertThat(table.rows()).isEqualTo(1);
    assertThat(left()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"two-phase-commit", "local-commit"})
  void aRefusedMessageComesAgainAloneThenIsDeadLetteredWithItsCause(String protocol)
      throws Exception {
    pullUnder(protocol, 3);
    wire.sendLines(SHARED.unique(), Orders.upTo(3).ndjson());
    Answer three = receive("max=3&wait=PT10S");
    assertThat(ids(three)).containsExactly(1L, 2L, 3L);
    insert(transaction(three), 1);
    insert(transaction(three), 3);

    refuse(wire, three, 1);
    assertThat(wire.commit(transaction(three)).status()).isEqualTo(200);

    assertThat(table.ids()).containsExactlyInAnyOrder(1L, 3L);
    for (int attempt = 2; attempt <= 3; attempt++) {
      Answer one = receive("max=3&wait=PT10S");
      assertThat(ids(one)).containsExactly(2L);
      assertThat(message(one, 0).path("attempt").asInt()).isEqualTo(attempt);
      refuse(wire, one, 0);
      assertThat(wire.commit(transaction(one)).status()).isEqualTo(200);
    }
    List<QueuedMessage> dead = SHARED.artemis().address().browse(SHARED.unique() + ".dead");
    assertThat(dead).extracting(QueuedMessage::body).containsExactly(Orders.json(2));
    assertThat(dead.get(0).causes()).anyMatch(cause -> cause.contains("out of stock"));
    assertThat(left()).isZero();
  }

  @Test
  void rollbackAndExpiryCostNoAttempt() throws Exception {
    pullUnder("two-phase-commit", 2);
    wire.sendJson(SHARED.unique(), Orders.json(1));

    for (int i = 0; i < 3; i++) {
      Answer pulled = receive("wait=PT10S");
      assertThat(message(pulled, 0).path("attempt").asInt()).isEqualTo(1);
      assertThat(wire.rollback(transaction(pulled)).status()).isEqualTo(200);
      Answer expiring = receive("wait=PT10S&lease=PT0.3S");
      assertThat(message(expiring, 0).path("attempt").asInt()).isEqualTo(1);
    }

    assertThat(message(receive("wait=PT10S"), 0).path("attempt").asInt()).isEqualTo(1);
  }

  @Test
  void aRepeatedReceiveAnswersTheSameMessages() throws Exception {
    pullUnder("two-phase-commit", 5);
    wire.sendLines(SHARED.unique(), Orders.upTo(4).ndjson());
    String chosen = "chosen-" + SHARED.unique();
    Answer first = receive("max=2&wait=PT10S&transaction=" + chosen);

    Answer repeated = receive("max=2&wait=PT10S&transaction=" + chosen);

    assertThat(repeated.json().path("messages")).isEqualTo(first.json().path("messages"));
    assertThat(transaction(repeated)).isEqualTo(chosen);
    assertThat(ids(receive("max=4&wait=PT10S"))).containsExactly(3L, 4L);
    assertThat(wire.commit(chosen).status()).isEqualTo(200);
    assertThat(wire.commit(chosen).status()).as("asked again").isEqualTo(200);
    assertProblem(receive("max=2&transaction=" + chosen), 409);
  }

  @Test
  void whatIsPulledAtMostOnceIsSettledAlready() throws Exception {
    pullUnder("at-most-once", 5);
    assertThat(receive("max=10&wait=PT0.2S").status()).as("nothing came").isEqualTo(204);
    wire.sendLines(SHARED.unique(), Orders.upTo(2).ndjson());

    Answer pulled = receive("max=10&wait=PT10S");

    assertThat(ids(pulled)).containsExactly(1L, 2L);
    assertThat(pulled.json().has("transaction")).isFalse();
    assertThat(left()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"two-phase-commit", "local-commit"})
  void eightClientsNeverHaveAMessageInTwoHands(String protocol) throws Exception {
    pullUnder(protocol, 5);
    wire.sendLines(SHARED.unique(), Orders.upTo(1_000).ndjson());
    Set<Long> taken = ConcurrentHashMap.newKeySet();

    List<CompletableFuture<Void>> clients = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      clients.add(
          CompletableFuture.runAsync(() -> pullAll(taken), task -> new Thread(task).start()));
    }
    CompletableFuture.allOf(clients.toArray(CompletableFuture[]::new)).join();

    assertThat(taken).hasSize(1_000);
    assertThat(table.rows()).isEqualTo(1_000);
    assertThat(table.distinctRows()).isEqualTo(1_000);
    assertThat(left()).isZero();
  }

  private void pullAll(Set<Long> taken) {
    Answer pulled = receive("max=25&wait=PT2S");
    while (pulled.status() == 200) {
      ids(pulled).forEach(id -> assertThat(taken.add(id)).as("only one has %d", id).isTrue());
      insert(transaction(pulled), bodies(pulled));
      assertThat(wire.commit(transaction(pulled)).status()).isEqualTo(200);
      pulled = receive("max=25&wait=PT2S");
    }
    assertThat(pulled.status()).as(pulled.text()).isEqualTo(204);
  }

  @Test
  void whatCannotBePulledIsAProblem() throws Exception {
    pullUnder("two-phase-commit", 5);
    for (String bad : List.of("max=0", "max=1001", "max=many")) {
      Answer refused = receive(bad);
      assertProblem(refused, 400);
      assertThat(refused.json().at("/violations/0/field").asText()).isEqualTo("max");
    }
    for (String bad : List.of("wait=-PT1S", "wait=PT2M", "wait=soon", "lease=P9D")) {
      Answer refused = receive(bad);
      assertProblem(refused, 400);
      assertThat(refused.json().at("/violations/0/field").asText()).isEqualTo(bad.split("=")[0]);
    }

    wire.putDelivery(SHARED.unique(), DeliverySpec.of(SHARED.unique(), table));

    assertProblem(receive("max=1"), 409);
    assertProblem(wire.receive("unknown", "max=1"), 404);
  }

  private Answer receive(String query) {
    return wire.receive(SHARED.unique(), query);
  }

  private void insert(String transaction, long id) {
    insert(transaction, List.of(Orders.json(id)));
  }

  private void insert(String transaction, List<String> bodies) {
    Answer inserted = wire.run(transaction, table.insert(), bodies);
    assertThat(inserted.status()).as(inserted.text()).isEqualTo(200);
  }

  private String status(String transaction) {
    return wire.transaction(transaction).json().path("status").asText();
  }

  private long left() throws Exception {
    return SHARED.artemis().address().messageCount(SHARED.unique());
  }
}
