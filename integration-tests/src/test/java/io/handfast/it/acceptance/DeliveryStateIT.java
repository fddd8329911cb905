package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Answer;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.SharedNode;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a delivery says of itself is true, and trouble is heard. */
class DeliveryStateIT {
  @RegisterExtension static final SharedNode SHARED = new SharedNode();

  private String queue;
  private DeliverySpec spec;

  @BeforeEach
  void createTable() throws Exception {
    queue = SHARED.unique();
    SHARED.database().execute("CREATE TABLE " + queue + " (id bigint PRIMARY KEY, v int)");
    spec =
        DeliverySpec.fromQueue(queue)
            .statement("INSERT INTO " + queue + " VALUES (:id, :v)")
            .retry(1, "PT0.1S");
  }

  private JsonNode delivery() {
    return SHARED.wire().delivery(queue).json();
  }

  @Test
  void aDeadLetterIsHeardInLogStateAndMetrics() {
    SHARED.wire().putDelivery(queue, spec);

    SHARED.wire().sendJson(queue, "{\"id\": 1, \"v\": 1}");
    SHARED.wire().sendJson(queue, "{\"id\": 1, \"v\": 2}");

    eventually(() -> assertThat(delivery().path("deadLetterDepth").asInt()).isEqualTo(1));
    assertThat(delivery().path("lastError").asText())
        .startsWith("dead-lettered to " + queue + ".dead: ERROR: duplicate key");
    assertThat(delivery().path("state").asText()).isEqualTo("running");
    List<String> lines = SHARED.node().log().linesWith("dead letters delivery=" + queue);
    assertThat(lines).hasSize(1);
    assertThat(lines.get(0))
        .as("PostgreSQL's detail is on the same line, and what to do")
        .contains("WARN", "queue=" + queue + ".dead", "already exists", "/replay");
    assertThat(SHARED.wire().get("/q/metrics").text())
        .contains("handfast_delivery_dead_letter_queue_messages{delivery=\"" + queue + "\"} 1.0");
  }

  @Test
  void aDeliveryThatCannotWorkIsRetryingUntilItCan() throws Exception {
    SHARED.wire().putDelivery(queue, spec);
    SHARED.wire().sendJson(queue, "{\"id\": 1, \"v\": 1}");
    eventually(() -> assertThat(delivery().at("/counters/committed").asInt()).isEqualTo(1));
    SHARED.database().execute("ALTER TABLE " + queue + " RENAME TO " + queue + "_gone");

    SHARED.wire().sendJson(queue, "{\"id\": 2, \"v\": 1}");

    eventually(() -> assertThat(delivery().path("state").asText()).isEqualTo("retrying"));
    assertThat(delivery().path("retryingSince").asText()).startsWith("2");
    assertThat(delivery().path("lastError").asText()).contains(queue, "does not exist");
    assertThat(SHARED.wire().get("/q/metrics").text())
        .containsPattern(
            "handfast_delivery_state\\{delivery=\"" + queue + "\",state=\"retrying\"\\} 1.0");

    SHARED.database().execute("ALTER TABLE " + queue + "_gone RENAME TO " + queue);
    eventually(() -> assertThat(delivery().path("state").asText()).isEqualTo("running"));
    assertThat(delivery().path("retryingSince").isNull()).isTrue();
    assertThat(SHARED.database().number("SELECT count(*) FROM " + queue)).isEqualTo(2);
  }

  @Test
  void whatGetAnswersCanBePutAndTheCountersGoOn() {
    SHARED.wire().putDelivery(queue, spec);
    SHARED.wire().sendJson(queue, "{\"id\": 1, \"v\": 1}");
    eventually(() -> assertThat(delivery().at("/counters/committed").asInt()).isEqualTo(1));
    Answer read = SHARED.wire().delivery(queue);

    Answer written = SHARED.wire().putDelivery(queue, read.text());

    assertThat(written.status()).as(written.text()).isEqualTo(200);
    assertThat(written.json().path("batchGrows").asBoolean()).isTrue();
    SHARED.wire().sendJson(queue, "{\"id\": 2, \"v\": 1}");
    eventually(() -> assertThat(delivery().at("/counters/committed").asInt()).isEqualTo(2));
    assertThat(SHARED.wire().get("/q/metrics").text())
        .containsPattern(
            "handfast_delivery_messages_total\\{delivery=\""
                + queue
                + "\",outcome=\"committed\"\\} 2.0");
  }
}
