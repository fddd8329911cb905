package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Wire;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Another user's inbox does not stand in the way. */
class InboxSchemaIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension final Scene scene = new Scene();

  @Test
  void aUserWithoutRightsOnAnothersInboxWorksAndMayHaveOneOfItsOwn() throws Exception {
    OrdersTable table = OrdersTable.create(scene.database(), "orders");
    String user = scene.unique() + "_b";
    table
        .database()
        .execute(
            "CREATE TABLE handfast_inbox(delivery VARCHAR(64) NOT NULL, message_id VARCHAR(512) NOT NULL, gone_at TIMESTAMP WITH TIME ZONE, PRIMARY KEY (delivery, message_id))",
            "CREATE ROLE " + user + " LOGIN",
            "GRANT ALL ON orders TO " + user,
            "CREATE SCHEMA own AUTHORIZATION " + user);
    Database asUser = new Database(table.database().url(), user, "any");
    Wire wire =
        scene
            .coordinator(
                "n1",
                scene
                    .external("n1")
                    .database(asUser)
                    .set("handfast.database.\"own\".url", asUser.url())
                    .set("handfast.database.\"own\".username", user)
                    .set("handfast.database.\"own\".schema", "own"))
            .start()
            .wire();
    wire.sendLines(scene.queue(), Orders.upTo(10).ndjson());

    wire.putDelivery("prepared", DeliverySpec.of(scene.queue(), table));
    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(10));

    DeliverySpec idempotent = DeliverySpec.of(scene.queue() + ".2", table).under("idempotency");
    Answer refused = wire.putDelivery("idempotent", idempotent);
    assertThat(refused.problem()).as(refused.text()).isEqualTo("invalid-delivery");
    assertThat(refused.text()).contains("protocol", "permission denied", ".schema");

    wire.sendLines(scene.queue() + ".2", Orders.upTo(10).ndjson());
    Answer accepted = wire.putDelivery("idempotent", idempotent.in("own"));
    assertThat(accepted.status()).as(accepted.text()).isEqualTo(201);
    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(20));
    assertThat(table.database().values("SELECT to_regclass('own.handfast_inbox')"))
        .containsExactly("own.handfast_inbox");
  }
}
