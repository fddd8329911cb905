package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.eventually;
import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.QueuedMessage;
import io.handfast.it.harness.SharedNode;
import io.handfast.it.harness.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A message that cannot be applied ends among the dead letters, alone. */
class PoisonMessageIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension static final SharedNode SHARED = new SharedNode();

  private Wire wire;
  private OrdersTable table;
  private Auditor auditor;

  @BeforeEach
  void start() throws Exception {
    table = SHARED.createTable();
    auditor = SHARED.auditor(table);
    wire = SHARED.wire();
  }

  @Test
  void tenThousandMessagesArriveAroundOneThatIsNotJson() throws Exception {
    Orders orders = Orders.upTo(10_000);
    List<String> bodies = new ArrayList<>(orders.bodies());
    bodies.add(5_000, "this is not JSON");
    wire.putDelivery(SHARED.unique(), DeliverySpec.of(SHARED.unique(), table));

    wire.sendLines(SHARED.unique(), String.join("\n", bodies));

    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(10_000));
    eventually(() -> assertThat(deadLetters()).hasSize(1));
    assertThat(table.distinctRows()).isEqualTo(10_000);
    assertThat(deadLetters().get(0).body()).isEqualTo("this is not JSON");
    assertThat(deadLetters().get(0).causes()).anyMatch(cause -> cause.contains("JSON"));
    assertThat(SHARED.artemis().address().messageCount(SHARED.unique())).isZero();
    assertThat(auditor.prepared()).isEmpty();
    assertThat(counters().path("deadLettered").asLong()).isEqualTo(1);
    assertThat(counters().path("committed").asLong()).isEqualTo(10_000);
  }

  @Test
  void aViolatedConstraintIsTriedAgainThenDeadLetteredWithItsCause() throws Exception {
    Orders orders = Orders.upTo(100);
    List<String> bodies = new ArrayList<>(orders.bodies());
    bodies.set(49, "{\"id\": 50, \"item\": \"less than nothing\", \"qty\": -1}");
    DeliverySpec delivery = DeliverySpec.of(SHARED.unique(), table).retry(3, "PT0.5S");
    wire.putDelivery(SHARED.unique(), delivery);
    Instant sent = Instant.now();

    wire.sendLines(SHARED.unique(), String.join("\n", bodies));

    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(99));
    Duration neighbours = Duration.between(sent, Instant.now());
    within(PATIENCE, () -> assertThat(deadLetters()).hasSize(1));
    Duration poison = Duration.between(sent, Instant.now());
    assertThat(poison).as("two delays between three attempts").isGreaterThan(Duration.ofSeconds(1));
    assertThat(neighbours).as("neighbours are not dragged along").isLessThan(poison);
    assertThat(deadLetters().get(0).causes()).anyMatch(cause -> cause.contains("_qty_check"));
    auditor.awaitEveryMessageSettledOnce(orders, PATIENCE);
    assertThat(counters().path("deadLettered").asLong()).isEqualTo(1);
    assertThat(counters().path("committed").asLong()).isEqualTo(99);
  }

  @Test
  void asManyAttemptsAreMadeAsWereAskedFor() throws Exception {
    countAttemptsIn(table);
    wire.putDelivery(SHARED.unique(), DeliverySpec.of(SHARED.unique(), table).retry(4, "PT0.1S"));

    wire.sendJson(SHARED.unique(), "{\"id\": 1, \"item\": \"less than nothing\", \"qty\": -1}");

    within(PATIENCE, () -> assertThat(deadLetters()).hasSize(1));
    assertThat(table.database().number("SELECT last_value FROM attempts")).isEqualTo(4);
    assertThat(table.rows()).isZero();
  }

  /** A sequence forgets nothing when a transaction is rolled back. */
  private static void countAttemptsIn(OrdersTable table) throws Exception {
    table
        .database()
        .execute(
            "CREATE SEQUENCE attempts",
            """
            CREATE FUNCTION count_attempt() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN PERFORM nextval(''attempts''); RETURN NEW; END'
            """,
            "CREATE TRIGGER count_attempt BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION count_attempt()"
                .formatted(table.name()));
  }

  private List<QueuedMessage> deadLetters() throws Exception {
    return SHARED.artemis().address().browse(auditor.deadLetters());
  }

  private JsonNode counters() {
    return wire.delivery(SHARED.unique()).json().path("counters");
  }
}
