package io.handfast.it.acceptance.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.ColorScheme;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.ElasticMqProcess;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an operator sees, and changes, of a delivery from SQS at the console. */
class SqsConsoleIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  @RegisterExtension final Scene scene = new Scene();

  @Test
  void theQueueIsShownAndStaysTheSourceOfAnEditedDelivery() throws Exception {
    String queue = scene.unique() + ".fifo";
    scene.sqs().createQueue(queue, Map.of());
    OrdersTable table = OrdersTable.create(scene.database(), "orders");
    RunnerConfiguration configuration =
        new RunnerConfiguration()
            .set("handfast.node", "shop-1")
            .withoutBroker()
            .sqs(scene.sqs())
            .database(scene.database());
    RunnerProcess node =
        scene
            .coordinator("console", configuration)
            .tamperedWith(ElasticMqProcess.CREDENTIALS)
            .start();
    DeliverySpec orders =
        DeliverySpec.fromSqs(queue).key("deduplication-id").statement(table.insert());
    assertThat(node.wire().putDelivery("orders", orders).status()).isEqualTo(201);
    scene.sqs().send(queue, "g", "1", Orders.json(1));
    scene.sqs().send(queue, "g", "2", "this is not JSON");
    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(1));
    within(
        PATIENCE,
        () ->
            assertThat(node.wire().delivery("orders").json().at("/deadLetterDepth").asLong())
                .isEqualTo(1));
    try (Browsing console = new Browsing(node.port())) {
      Locator card = console.page().getByLabel("Delivery orders");
      assertThat(card).containsText(queue + " (SQS)");
      assertThat(card).containsText("In dead-letter table");
      console.picture("sqs");
      console.picture("sqs-narrow-dark", 400, ColorScheme.DARK);
      card.getByText("Edit").click();
      assertThat(console.field("Queue")).hasValue(queue);
      console.field("Attempts").fill("7");
      console.button("Save").click();
      within(
          PATIENCE,
          () -> {
            JsonNode saved = node.wire().delivery("orders").json();
            assertThat(saved.at("/retry/attempts").asInt()).isEqualTo(7);
            assertThat(saved.at("/source/sqs/queue").asText()).isEqualTo(queue);
            assertThat(saved.at("/source/sqs/key").asText()).isEqualTo("deduplication-id");
          });
      card.getByText("Delete").click();
      console.awaitText("Messages that wait in '" + queue + "' stay there.");
      assertThat(console.errors()).isEmpty();
    }
  }
}
