package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.Broker;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.HandlerServer;
import io.handfast.it.harness.HandlerServer.Reply;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.QueuedMessage;
import io.handfast.it.harness.SharedNode;
import io.handfast.it.harness.Wire;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An HTTP handler decides about each message, and what it does through the transaction counts. */
class HandlerIT {
  @RegisterExtension static final SharedNode SHARED = new SharedNode();

  private final HandlerServer handler = new HandlerServer();

  private Broker broker;
  private OrdersTable table;
  private OrdersTable calls;
  private Auditor auditor;
  private Wire wire;
  private String out;

  @BeforeEach
  void start() throws Exception {
    broker = SHARED.artemis().address();
    table = SHARED.createTable();
    calls = OrdersTable.create(SHARED.database(), SHARED.unique() + "calls");
    auditor = SHARED.auditor(table);
    out = SHARED.unique() + ".out";
    wire = SHARED.wire();
  }

  @AfterEach
  void stop() {
    handler.close();
  }

  private void deliverToHandler() {
    deliverToHandler("two-phase-commit");
  }

  private void deliverToHandler(String protocol) {
    DeliverySpec delivery =
        DeliverySpec.fromQueue(SHARED.unique())
            .statement(calls.insert())
            .handler(handler.url(), "PT20S")
            .under(protocol)
            .consumers(2)
            .retry(2, "PT0.1S");
    assertThat(wire.putDelivery("orders", delivery).status()).isEqualTo(201);
  }

  @Test
  void acceptedMessagesAreDoneWithOneCallEach() throws Exception {
    deliverToHandler();

    wire.sendLines(SHARED.unique(), Orders.upTo(20).ndjson());

    eventually(() -> assertThat(broker.messageCount(SHARED.unique())).isZero());
    assertThat(handler.bodies()).containsExactlyInAnyOrderElementsOf(Orders.upTo(20).bodies());
    assertThat(handler.transactions()).doesNotContainNull().doesNotHaveDuplicates();
    assertThat(calls.distinctRows()).isEqualTo(20);
    assertThat(calls.rows()).isEqualTo(20);
  }

  @Test
  void aRefusedMessageIsDeadLetteredWithTheHandlersWords() throws Exception {
    handler.answers(
        call -> call.id() == 2 ? new Reply(422, "no such customer: Miller") : new Reply(204, ""));
    deliverToHandler();

    wire.sendLines(SHARED.unique(), Orders.upTo(3).ndjson());

    eventually(() -> assertThat(deadLetters()).hasSize(1));
    assertThat(deadLetters().get(0).body()).isEqualTo(Orders.json(2));
    assertThat(deadLetters().get(0).causes())
        .anyMatch(cause -> cause.contains("no such customer: Miller"));
    eventually(() -> assertThat(broker.messageCount(SHARED.unique())).isZero());
    assertThat(calls.ids()).containsExactlyInAnyOrder(1L, 3L);
  }

  @Test
  void aHandlerInTroubleIsAskedAgainAndCostsNoAttempts() throws Exception {
    AtomicInteger answers = new AtomicInteger();
    handler.answers(
        call -> answers.incrementAndGet() <= 5 ? new Reply(503, "not now") : new Reply(200, "ok"));
    deliverToHandler();

    wire.sendJson(SHARED.unique(), Orders.json(1));

    eventually(() -> assertThat(calls.rows()).isEqualTo(1));
    eventually(() -> assertThat(broker.messageCount(SHARED.unique())).isZero());
    assertThat(answers.get()).as("more calls than attempts").isEqualTo(6);
    assertThat(deadLetters()).isEmpty();
  }

  @Test
  void aHandlerThatIsDownIsNamedWithItsOwnAnswerAlsoWhileItIsSpared() {
    handler.answers(call -> new Reply(503, "not now"));
    deliverToHandler();

    wire.sendJson(SHARED.unique(), Orders.json(1));

    eventually(
        () ->
            assertThat(wire.delivery("orders").json().path("lastError").asText())
                .endsWith("answered 503 (called only every PT1S while it fails)"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"two-phase-commit", "local-commit"})
  void whatItDoesThroughTheTransactionSharesTheFateOfTheMessage(String protocol) throws Exception {
    handler.answers(
        call -> {
          insertAndForward(call);
          return call.id() == 2 ? new Reply(400, "changed my mind") : new Reply(200, "");
        });
    deliverToHandler(protocol);

    wire.sendLines(SHARED.unique(), Orders.upTo(3).ndjson());

    eventually(() -> assertThat(deadLetters()).hasSize(1));
    eventually(() -> assertThat(broker.messageCount(SHARED.unique())).isZero());
    assertThat(table.ids()).containsExactlyInAnyOrder(1L, 3L);
    assertThat(forwarded()).containsExactlyInAnyOrder(1L, 3L);
    assertThat(auditor.prepared()).isEmpty();
  }

  private void insertAndForward(HandlerServer.Call call) {
    assertThat(wire.run(call.transaction(), table.insert(), List.of(call.body())).status())
        .isEqualTo(200);
    assertThat(wire.sendInside(call.transaction(), out, call.body()).status()).isEqualTo(201);
  }

  private List<Long> forwarded() throws Exception {
    return broker.browse(out).stream().map(QueuedMessage::body).map(Orders::idOf).toList();
  }

  private List<QueuedMessage> deadLetters() throws Exception {
    return broker.browse(auditor.deadLetters());
  }
}
