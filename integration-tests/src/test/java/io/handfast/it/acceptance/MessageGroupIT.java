package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Broker;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.QueuedMessage;
import io.handfast.it.harness.SharedNode;
import io.handfast.it.harness.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The order within each message group is kept by competing consumers under every guarantee. */
class MessageGroupIT {
  private static final int GROUPS = 8;
  private static final long MESSAGES = 400;

  /** In the middle of its group. */
  private static final long POISON = 203;

  @RegisterExtension static final SharedNode SHARED = new SharedNode();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "at-most-once",
        "at-least-once",
        "idempotency",
        "two-phase-commit",
        "local-commit"
      })
  void orderIsKeptAroundAPoisonMessage(String mode) throws Exception {
    Database database = SHARED.database();
    database.execute(
        """
        CREATE TABLE %s (
          place BIGSERIAL, id BIGINT, qty BIGINT CHECK (qty >= 0),
          applied TIMESTAMPTZ DEFAULT clock_timestamp())
        """
            .formatted(SHARED.unique()));
    Broker broker = SHARED.artemis().address();
    Wire wire = SHARED.wire();
    broker.send(SHARED.unique(), bodies(), body -> "group-" + groupOf(Orders.idOf(body)));

    wire.putDelivery(
        SHARED.unique(),
        DeliverySpec.fromQueue(SHARED.unique())
            .statement("INSERT INTO %s(id, qty) VALUES (:id, :qty)".formatted(SHARED.unique()))
            .under(mode)
            .consumers(4)
            .batch(10)
            .retry(3, "PT0.3S"));

    eventually(() -> assertThat(broker.browse(SHARED.unique() + ".dead")).hasSize(1));
    eventually(() -> assertThat(broker.messageCount(SHARED.unique())).isZero());
    wire.pause(SHARED.unique());
    for (int group = 0; group < GROUPS; group++) {
      assertThat(idsInOrderOfPlace(database, group))
          .as("group %d", group)
          .containsExactlyElementsOf(expected(group));
    }
    assertThat(database.number("SELECT count(*) FROM " + SHARED.unique())).isEqualTo(MESSAGES - 1);
    QueuedMessage dead = broker.browse(SHARED.unique() + ".dead").get(0);
    assertThat(Orders.idOf(dead.body())).isEqualTo(POISON);
    assertThat(dead.causes()).anyMatch(cause -> cause.contains("_qty_check"));
    assertThat(dead.headers()).containsEntry("handfast_failures", "3");
    assertThat(millisThatItsGroupWasHeldBack(database)).isGreaterThanOrEqualTo(300);
  }

  private static List<String> bodies() {
    List<String> bodies = new ArrayList<>(Orders.upTo(MESSAGES).bodies());
    bodies.set((int) POISON - 1, "{\"id\":%d,\"qty\":-1}".formatted(POISON));
    return bodies;
  }

  private static long groupOf(long id) {
    return id % GROUPS;
  }

  private static List<Long> expected(int group) {
    return LongStream.rangeClosed(1, MESSAGES)
        .filter(id -> groupOf(id) == group && id != POISON)
        .boxed()
        .toList();
  }

  private static List<Long> idsInOrderOfPlace(Database database, int group) throws Exception {
    String query = "SELECT id FROM %s WHERE id %% %d = %d ORDER BY place";
    return database.values(query.formatted(SHARED.unique(), GROUPS, group)).stream()
        .map(Long::valueOf)
        .toList();
  }

  /** From the row before the poison message, which its first failure takes along, to the next. */
  private static long millisThatItsGroupWasHeldBack(Database database) throws Exception {
    String applied = "(SELECT applied FROM " + SHARED.unique() + " WHERE id = %d)";
    String after = applied.formatted(POISON + GROUPS);
    String before = applied.formatted(POISON - GROUPS);
    String millis = "SELECT (extract(epoch FROM %s - %s) * 1000)::bigint";
    return database.number(millis.formatted(after, before));
  }
}
