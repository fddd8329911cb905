package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Broker;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.SharedNode;
import io.handfast.it.harness.Wire;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A sender that repeats itself is heard once, and a guarantee can change under load. */
class IdempotentSenderIT {
  @RegisterExtension static final SharedNode SHARED = new SharedNode();

  private Broker broker;
  private Wire wire;

  @BeforeEach
  void start() throws Exception {
    broker = SHARED.artemis().address();
    wire = SHARED.wire();
  }

  @Test
  void aMessageThatIsSentTwiceUnderOneIdArrivesOnce() throws Exception {
    assertSent(
        wire.sendJsonOnce(SHARED.unique(), Orders.json(1), SHARED.unique() + ".1"), 1, false);

    assertSent(wire.sendJsonOnce(SHARED.unique(), Orders.json(1), SHARED.unique() + ".1"), 1, true);
    assertSent(
        wire.sendJsonOnce(SHARED.unique(), Orders.json(2), SHARED.unique() + ".2"), 1, false);

    assertThat(broker.browse(SHARED.unique())).hasSize(2);
  }

  @Test
  void linesThatAreSentTwiceUnderOneIdArriveOnce() throws Exception {
    assertSent(
        wire.sendLinesOnce(SHARED.unique(), Orders.upTo(50).ndjson(), SHARED.unique()), 50, false);

    assertSent(
        wire.sendLinesOnce(SHARED.unique(), Orders.upTo(50).ndjson(), SHARED.unique()), 50, true);

    assertThat(broker.browse(SHARED.unique())).hasSize(50);
  }

  @Test
  void theGuaranteeChangesUnderLoadAndNothingIsLostOrDoubled() throws Exception {
    OrdersTable table = SHARED.createTable().slow(Duration.ofMillis(4));
    Orders sent = Orders.upTo(3_000);
    wire.sendLines(SHARED.unique(), sent.ndjson());

    long reached = 0;
    for (String mode : List.of("idempotency", "two-phase-commit", "at-least-once")) {
      DeliverySpec delivery = DeliverySpec.of(SHARED.unique(), table).under(mode).batch(10);
      assertThat(wire.putDelivery(SHARED.unique(), delivery).status()).isIn(200, 201);
      long rows = reached + 400;
      eventually(() -> assertThat(table.rows()).isGreaterThan(rows));
      reached = table.rows();
      assertThat(broker.messageCount(SHARED.unique())).as("still under load").isPositive();
    }
    table.fast();

    eventually(() -> assertThat(broker.messageCount(SHARED.unique())).isZero());
    assertThat(table.distinctRows()).isEqualTo(sent.last());
    assertThat(table.rows()).isEqualTo(sent.last());
    assertThat(SHARED.auditor(table).prepared()).isEmpty();
  }

  private static void assertSent(Answer answer, int messages, boolean isDuplicate) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    assertThat(answer.json().path("messages").asInt()).isEqualTo(messages);
    assertThat(answer.json().path("duplicate").asBoolean()).isEqualTo(isDuplicate);
  }
}
