package io.handfast.it.acceptance.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.ColorScheme;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.RecordsTable;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an operator does at the console with a delivery from Kafka, on a node without a broker. */
class PositionsConsoleIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int PARTITIONS = 3;
  @RegisterExtension final Scene scene = new Scene();

  @Test
  void positionsAreSeenAndMovedAndTheRecordsComeAgain() throws Exception {
    String topic = scene.unique();
    scene.kafka().createTopic(topic, PARTITIONS);
    RecordsTable table = RecordsTable.create(scene.database(), "records");
    RunnerConfiguration configuration =
        new RunnerConfiguration()
            .set("handfast.node", "shop-1")
            .withoutBroker()
            .kafka(scene.kafka())
            .database(scene.database());
    RunnerProcess node = scene.coordinator("console", configuration).start();
    DeliverySpec records = DeliverySpec.fromKafka(topic).statement(table.insert());
    assertThat(node.wire().putDelivery("records", records).status()).isEqualTo(201);
    List<String> bodies = new ArrayList<>(Orders.upTo(300).bodies());
    bodies.set(10, "this is not JSON");
    scene.kafka().send(topic, PARTITIONS, bodies);
    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(299));
    within(
        PATIENCE,
        () ->
            assertThat(node.wire().delivery("records").json().at("/deadLetterDepth").asLong())
                .isEqualTo(1));
    try (Browsing console = new Browsing(node.port())) {
      Locator card = console.page().getByLabel("Delivery records");
      assertThat(card).containsText(topic + " (Kafka)");
      console.assertUsable("deliveries");
      console.button("Positions of records").click();
      Locator dialog = console.page().locator("dialog");
      assertThat(dialog.locator("tbody tr")).hasCount(PARTITIONS);
      assertThat(dialog).containsText("1 dead letter");
      assertThat(dialog).containsText("Pause the delivery to have it go on elsewhere.");
      console.button("Pause the delivery").click();
      assertThat(console.button("Start the delivery")).isVisible();
      console.field("At").selectOption("offsets");
      console.field("Offsets").fill("{\"0\": 1000}");
      console.button("Go on there").click();
      console.button("Set the positions").click();
      console.awaitText("to.0: must be an offset from 0 to 100");
      console.button("Cancel").click();
      console.field("Offsets").fill("{\"1\": 90}");
      console.assertUsable("positions");
      console.picture("positions");
      console.picture("positions-narrow-dark", 400, ColorScheme.DARK);
      console.button("Go on there").click();
      assertThat(console.button("Cancel").last()).isFocused();
      console.button("Set the positions").click();
      assertThat(dialog.locator("tbody tr").nth(1)).containsText("90");
      console.button("Start the delivery").click();
      within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(309));
      console.page().getByText("1 dead letter").click();
      console.awaitText("this is not JSON");
      console.assertUsable("dead letters of a table");

      console.open("Comparisons");
      console.button("New comparison").click();
      console.awaitText("this node has no broker");
      assertThat(console.elsewhere()).isEmpty();
      assertThat(console.errors())
          .as("but for the answer to what was wrong on purpose")
          .singleElement()
          .asString()
          .contains("status of 400");
    }
  }
}
