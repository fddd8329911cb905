package io.handfast.it.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Answer;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.Problems;
import io.handfast.it.harness.SharedNode;
import io.handfast.it.harness.Wire;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A bad delivery is answered with everything that is wrong with it, at once. */
class InvalidDeliveryIT {
  @RegisterExtension static final SharedNode SHARED = new SharedNode();

  private final Wire wire = SHARED.wire();

  @BeforeAll
  static void createTable() throws Exception {
    OrdersTable.create(SHARED.database(), "orders");
  }

  @Test
  void everyViolationIsListedWithFieldValueAndRule() {
    Answer answer =
        wire.putDelivery(
            "orders",
            """
            { "source": {"queue": "some.orders", "topik": "x"},
              "guarantee": "perhaps",
              "consumers": 0,
              "batch": 1001,
              "colour": "blue",
              "retry": {"attempts": 0, "delay": "soon"},
              "sink": {"statements": ["INSERT INTO nowhere(id) VALUES (:id)"]} }
            """);

    Problems.assertProblem(answer, 400);
    List<String> fields = new ArrayList<>();
    for (JsonNode violation : answer.json().path("violations")) {
      fields.add(violation.path("field").asText());
      assertThat(violation.has("value")).as(violation.toString()).isTrue();
      assertThat(violation.path("rule").asText()).as(violation.toString()).isNotBlank();
    }
    assertThat(fields)
        .contains(
            "source.topik",
            "guarantee",
            "consumers",
            "batch",
            "colour",
            "retry.attempts",
            "retry.delay")
        .anyMatch(field -> field.startsWith("sink.statements"));
    assertThat(wire.delivery("orders").status()).isEqualTo(404);
  }

  @Test
  void statementsThatTheDatabaseCannotPrepareAreViolations() {
    Answer answer =
        wire.putDelivery(
            "orders",
            """
            { "source": {"queue": "some.orders"},
              "sink": {"statements": [
                  "INSERT INTO orders(id) VALUES (:id)",
                  "INSERT INTO nowhere(id) VALUES (:id)",
                  "INSRT INTO orders(id) VALUES (:id)"]} }
            """);

    Problems.assertProblem(answer, 400);
    assertThat(answer.json().path("violations"))
        .extracting(violation -> violation.path("field").asText())
        .containsExactlyInAnyOrder("sink.statements[1]", "sink.statements[2]");
  }

  @Test
  void brokenJsonIsAProblemToo() {
    Problems.assertProblem(wire.putDelivery("orders", "{\"source\": "), 400);
  }

  @Test
  void unknownPathsAndNamesAreProblems() {
    Problems.assertProblem(wire.delivery("nobody"), 404);
    Problems.assertProblem(wire.pause("nobody"), 404);
    Problems.assertProblem(wire.deleteDelivery("nobody"), 404);
    Problems.assertProblem(wire.get("/v1/nothing"), 404);
    Problems.assertProblem(wire.get("/v1/queues/some.orders/messages"), 405);
  }
}
