package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * PostgreSQL as it comes cannot prepare: two-phase commit is refused, with what to change, and
 * local commit delivers.
 */
class PreparedTransactionsDisabledIT {
  private static final Pattern WHAT_TO_SET = Pattern.compile("max_prepared_transactions\\D+[1-9]");

  @RegisterExtension final Scene scene = new Scene();

  private RunnerConfiguration configuration;
  private OrdersTable table;

  @BeforeEach
  void arrange() throws Exception {
    Database database = scene.postgresWithMaxPreparedTransactions(0).createDatabase("refused");
    table = OrdersTable.create(database, "orders");
    configuration =
        new RunnerConfiguration()
            .set("handfast.node", "n1")
            .broker(scene.artemis().address())
            .database(database);
  }

  @Test
  void deliveryFromConfigurationFailsAndTakesNothingAndOneOverRestIsRefused() throws Exception {
    configuration.delivery("orders", DeliverySpec.of(scene.queue(), table));
    scene.artemis().address().send(scene.queue(), Orders.upTo(5).bodies());

    RunnerProcess coordinator = scene.coordinator("n1", configuration).start();

    eventually(
        () -> {
          Answer delivery = coordinator.wire().delivery("orders");
          assertThat(delivery.json().path("state").asText()).isEqualTo("failed");
          assertThat(delivery.text()).containsPattern(WHAT_TO_SET);
        });
    Auditor auditor = scene.auditor(table);
    auditor.assertEveryMessageIsInOnePlace(Orders.upTo(5));
    assertThat(table.rows()).isZero();

    Answer answer = coordinator.wire().putDelivery("more", DeliverySpec.of(scene.queue(), table));
    assertThat(answer.status()).as(answer.text()).isBetween(400, 499);
    assertThat(answer.text()).containsPattern(WHAT_TO_SET).contains("local-commit");

    DeliverySpec advised = DeliverySpec.of(scene.queue(), table).under("local-commit");
    assertThat(coordinator.wire().putDelivery("advised", advised).status()).isEqualTo(201);
    auditor.awaitEveryMessageSettledOnce(Orders.upTo(5), Duration.ofSeconds(60));
    assertThat(table.rows()).isEqualTo(5);
  }
}
