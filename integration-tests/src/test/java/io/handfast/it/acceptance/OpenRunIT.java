package io.handfast.it.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Problems;
import io.handfast.it.harness.SharedNode;
import io.handfast.it.harness.Wire;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Without authentication, only this machine is served, and no call takes more than its share. */
class OpenRunIT {
  @RegisterExtension
  static final SharedNode SHARED =
      SharedNode.embedded(
          configuration ->
              configuration
                  .set("handfast.allowed-hosts", "127.0.0.1,*.internal.example")
                  .set("handfast.limits.request-size", "2K")
                  .set("handfast.limits.statement-time", "PT1S")
                  .set("handfast.limits.rows", 3));

  private static final String JSON = "application/json";
  private static final String LONG_QUERY =
      "SELECT COUNT(*) FROM SYSTEM_RANGE(1, 1000000) a, SYSTEM_RANGE(1, 1000000) b";

  private Wire wire;

  @BeforeEach
  void start() {
    wire = SHARED.wire();
  }

  @Test
  void aPageThatReachesItByAnotherNameIsRefused() {
    String get = "GET /v1/deliveries HTTP/1.1";
    assertThat(wire.raw(get, "Host: localhost:1")).startsWith("HTTP/1.1 200");
    assertThat(wire.raw(get, "Host: [::1]")).startsWith("HTTP/1.1 200");
    assertThat(wire.raw(get, "Host: rebound.example")).contains(" 403 ", "forbidden-host");
    assertThat(wire.raw("GET /v1/deliveries HTTP/1.0")).contains(" 403 ", "forbidden-host");
    assertThat(wire.raw("GET /q/openapi HTTP/1.1", "Host: rebound.example")).contains(" 403 ");
    assertThat(wire.raw("GET /q/health HTTP/1.1", "Host: rebound.example")).contains(" 403 ");

    String post = "POST /v1/deliveries/orders/pause HTTP/1.1";
    assertThat(wire.raw(post, "Host: localhost", "Origin: http://evil.example"))
        .contains(" 403 ", "forbidden-origin");
    assertThat(wire.raw(post, "Host: localhost", "Origin: null")).contains("forbidden-origin");
    assertThat(wire.delivery("orders").json().path("state").asText()).isEqualTo("running");
    assertThat(wire.raw(post, "Host: localhost:1", "Origin: http://localhost:1"))
        .startsWith("HTTP/1.1 200");
  }

  @Test
  void clientsCannotHaveItCallAnyHost() {
    Answer handler =
        wire.putDelivery(
            "calls",
            """
            {"source": {"queue": "calls"}, "handler": {"url": "http://169.254.169.254/latest"}}
            """);
    assertViolation(handler, "handler.url", "http://169.254.169.254/latest");

    wire.call("POST", "/v1/transactions", JSON, "{\"id\": \"t-1\"}");
    String join = "{\"name\": \"stock\", \"url\": \"%s\"}";
    String path = "/v1/transactions/t-1/participants";
    assertViolation(
        wire.call("POST", path, JSON, join.formatted("http://evil.example/tx")),
        "url",
        "http://evil.example/tx");
    Answer secret = wire.call("POST", path, JSON, join.formatted("http://a:s3cret@127.0.0.1/tx"));
    assertViolation(secret, "url", "http://***@127.0.0.1/tx");
    assertThat(secret.text()).doesNotContain("s3cret");
    assertThat(
            wire.call("POST", path, JSON, join.formatted("http://a.internal.example/tx")).status())
        .isEqualTo(201);
    String moved = "{\"url\": \"http://evil.example/tx\"}";
    assertThat(wire.call("PUT", path + "/stock", JSON, moved).status()).isEqualTo(400);
  }

  private static void assertViolation(Answer answer, String field, String value) {
    Problems.assertProblem(answer, 400);
    JsonNode violation = answer.json().path("violations").path(0);
    assertThat(violation.path("field").asText()).isEqualTo(field);
    assertThat(violation.path("value").asText()).isEqualTo(value);
    assertThat(violation.path("rule").asText()).isNotBlank();
  }

  @Test
  void callsAreBoundedAndMessagesAreNot() {
    String large = "{\"id\": \"t-9\"" + " ".repeat(3_000) + "}";
    Answer announced = wire.call("POST", "/v1/transactions", JSON, large);
    Problems.assertProblem(announced, 413);
    assertThat(announced.problem()).isEqualTo("request-too-large");
    String chunked =
        wire.raw(
            "POST /v1/transactions HTTP/1.1",
            "Host: localhost",
            "Content-Type: application/json",
            "Transfer-Encoding: chunked",
            "Connection: close",
            "",
            Integer.toHexString(large.length()),
            large,
            "0",
            "");
    assertThat(chunked).contains(" 413 ", "request-too-large");
    assertThat(wire.transaction("t-9").status()).isEqualTo(404);
    assertThat(wire.sendText("large", "x".repeat(300_000)).status()).isEqualTo(201);
  }

  @Test
  void statementsEndInTimeAndTellSoManyRows() {
    wire.call("POST", "/v1/transactions", JSON, "{\"id\": \"t-2\"}");
    Answer insert = runIn("t-2", "INSERT INTO orders(id, item) VALUES ('o-1', 'tea')");
    assertThat(insert.status()).as(insert.text()).isEqualTo(200);

    Answer slow = runIn("t-2", LONG_QUERY);

    Problems.assertProblem(slow, 504);
    assertThat(slow.problem()).isEqualTo("statement-timeout");
    Answer rows = runIn("t-2", "SELECT x FROM SYSTEM_RANGE(1, 4)");
    assertThat(rows.status()).as("the transaction is usable").isEqualTo(200);
    assertThat(rows.json().path("rows")).hasSize(3);
    assertThat(rows.json().path("truncated").asBoolean()).isTrue();
    assertThat(wire.commit("t-2").status()).isEqualTo(200);
    wire.call("POST", "/v1/transactions", JSON, "{\"id\": \"t-3\"}");
    assertThat(runIn("t-3", "SELECT id FROM orders WHERE id = 'o-1'").json().path("rows"))
        .hasSize(1);
  }

  @Test
  void aTransactionThatAStatementHasCommittedEndsAsAHeuristicOne() {
    wire.call("POST", "/v1/transactions", JSON, "{\"id\": \"t-4\"}");
    assertThat(runIn("t-4", "INSERT INTO orders(id, item) VALUES ('o-4', 'tea')").status())
        .isEqualTo(200);

    Answer left = runIn("t-4", "CALL LINK_SCHEMA('linked', '', 'jdbc:h2:mem:x', '', '', 'PUBLIC')");

    assertThat(left.problem()).as(left.text()).isEqualTo("heuristic-outcome");
    assertThat(wire.commit("t-4").problem()).isEqualTo("heuristic-outcome");
    assertThat(wire.rollback("t-4").problem()).isEqualTo("heuristic-outcome");
    assertThat(wire.transaction("t-4").json().path("status").asText()).startsWith("heuristic");
    assertThat(runIn("t-4", "SELECT 1").status()).isEqualTo(409);
    wire.call("POST", "/v1/transactions", JSON, "{\"id\": \"t-5\"}");
    assertThat(runIn("t-5", "SELECT id FROM orders WHERE id = 'o-4'").json().path("rows"))
        .hasSize(1);
  }

  @Test
  void aStatementThatWouldCommitIsRefusedBeforeItRuns() {
    wire.call("POST", "/v1/transactions", JSON, "{\"id\": \"t-6\"}");
    for (String sql :
        List.of("SET AUTOCOMMIT TRUE", "EXECUTE IMMEDIATE 'COMMIT'", "SET MODE DB2")) {
      Answer refused = runIn("t-6", sql);
      assertThat(refused.problem()).as(refused.text()).isEqualTo("statement-refused");
    }
    runIn("t-6", "INSERT INTO orders(id, item) VALUES ('o-6', 'tea')");
    assertThat(wire.rollback("t-6").status()).isEqualTo(200);
    wire.call("POST", "/v1/transactions", JSON, "{\"id\": \"t-7\"}");
    assertThat(runIn("t-7", "SELECT id FROM orders WHERE id = 'o-6'").json().path("rows"))
        .isEmpty();
  }

  private Answer runIn(String transaction, String sql) {
    String path = "/v1/transactions/" + transaction + "/statements";
    return wire.call("POST", path, JSON, "{\"sql\": \"" + sql + "\"}");
  }
}
