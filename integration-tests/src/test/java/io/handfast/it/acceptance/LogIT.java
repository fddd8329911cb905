package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Tampering;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a coordinator prints can be read by machines, and by whoever looks for one transaction. */
class LogIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What README and runbook tell people to set. */
  private static final Map<String, String> AS_DOCUMENTED =
      Map.of(
          "QUARKUS_LOG_CONSOLE_JSON_ENABLED",
          "true",
          "QUARKUS_LOG_CATEGORY__IO_HANDFAST_TIMELINE__LEVEL",
          "DEBUG");

  @RegisterExtension final Scene scene = new Scene();

  @Test
  void eachLineIsJsonAndOneTransactionIsOneGrep() throws Exception {
    OrdersTable table = OrdersTable.create(scene.database(), "orders");
    RunnerProcess coordinator =
        scene
            .coordinator(
                "n1",
                scene.external("n1").delivery("orders", DeliverySpec.of(scene.queue(), table)))
            .tamperedWith(new Tampering(List.of(), AS_DOCUMENTED));
    scene.artemis().address().send(scene.queue(), Orders.upTo(1).bodies());
    coordinator.start();
    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(1));
    coordinator.terminate();

    List<String> messages = new ArrayList<>();
    for (String line : coordinator.log().lines()) {
      JsonNode event = JSON.readTree(line);
      assertThat(event.path("timestamp").asText()).as(line).isNotEmpty();
      assertThat(event.path("level").asText()).as(line).isNotEmpty();
      messages.add(event.path("message").asText());
    }
    String committed =
        messages.stream()
            .filter(message -> message.startsWith("transaction ended"))
            .filter(message -> message.contains("status=COMMITTED"))
            .map(message -> message.replaceAll(".*(gtrid=\\S+).*", "$1"))
            .filter(id -> messages.stream().anyMatch(m -> m.contains(id) && m.contains("=apply")))
            .findFirst()
            .orElseThrow();
    List<String> story =
        messages.stream()
            .filter(message -> message.contains(committed + " "))
            .map(message -> message.replaceAll(".*step=(\\S+) participant=(\\S+).*", "$1 $2"))
            .toList();
    assertThat(story)
        .containsSubsequence("receive broker", "apply null", "prepare database", "decide null")
        .contains("prepare broker", "commit broker", "commit database");
  }
}
