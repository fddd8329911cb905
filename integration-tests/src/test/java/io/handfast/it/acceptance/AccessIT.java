package io.handfast.it.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Problems;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.SharedNode;
import io.handfast.it.harness.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** With users configured, every call needs its role, whichever path it goes to. */
class AccessIT {

  /** Beside them a path of the description has members that are no calls. */
  private static final Set<String> METHODS =
      Set.of("get", "put", "post", "delete", "patch", "head", "options", "trace");

  private static final List<String> ROLES = List.of("nothing", "viewer", "client", "operator");

  /** One of each role, named like it, and one who has opened no transaction elsewhere. */
  private static final List<String> USERS =
      List.of("nothing", "viewer", "client", "operator", "client-of-many");

  /** What is more than reading, and is not for operators alone. */
  private static final Map<String, String> OF_CLIENTS =
      Map.ofEntries(
          Map.entry("post /v1/deliveries/{name}/receive", "client"),
          Map.entry("post /v1/queues/{queue}/messages", "client"),
          Map.entry("post /v1/transactions", "client"),
          Map.entry("post /v1/transactions/{id}/commit", "client"),
          Map.entry("post /v1/transactions/{id}/extend", "client"),
          Map.entry("post /v1/transactions/{id}/messages", "client"),
          Map.entry("post /v1/transactions/{id}/messages/{message}/refuse", "client"),
          Map.entry("post /v1/transactions/{id}/participants", "client"),
          Map.entry("put /v1/transactions/{id}/participants/{name}", "client"),
          Map.entry("post /v1/transactions/{id}/receive", "client"),
          Map.entry("post /v1/transactions/{id}/rollback", "client"),
          Map.entry("post /v1/transactions/{id}/statements", "client"));

  private static final List<String> OF_OPERATORS =
      List.of(
          "put /v1/deliveries/{name}",
          "delete /v1/deliveries/{name}",
          "post /v1/dead-letters/database/{name}/replay",
          "post /v1/deliveries/{name}/pause",
          "post /v1/deliveries/{name}/position",
          "post /v1/deliveries/{name}/resume",
          "post /v1/dead-letters/{queue}/replay",
          "post /v1/comparisons",
          "post /v1/comparisons/{id}/cancel",
          "post /v1/drain",
          "delete /v1/drain",
          "post /v1/recovery/scans",
          "post /v1/recovery/in-doubt/{xid}/commit",
          "post /v1/recovery/in-doubt/{xid}/rollback",
          "post /v1/recovery/in-doubt/{xid}/forget");

  /** By which closed paths have passed for open ones elsewhere: CVE-2026-39852, CVE-2026-50559. */
  private static final List<String> SPELLINGS =
      List.of(
          "/v1/deliveries;x",
          "/v1/deliveries%3Bx",
          "/v1%2Fdeliveries",
          "/v1%5Cdeliveries",
          "/%76%31/deliveries",
          "/x/..%2Fv1/deliveries",
          "/q/metrics;x",
          "/q/metrics%3Bx",
          "/q/%6detrics",
          "/q/metrics%2F",
          "/q/metrics%5C",
          "/q/health/../metrics",
          "/q/health/..%2Fmetrics",
          "/q/health/..%5Cmetrics",
          "/q/health/%2e%2e/metrics",
          "/q/health%2F..%2Fmetrics",
          "/q/health;/../metrics",
          "/q/health%3B/../metrics",
          "/console/../v1/deliveries",
          "/console/..%2Fv1/deliveries",
          "/console/%2e%2e/v1/deliveries",
          "/console%2F..%2Fv1%2Fdeliveries",
          "/console/main.js%3B/..%2F..%2Fv1/deliveries");

  @RegisterExtension static final SharedNode SHARED = SharedNode.embedded(AccessIT::guarded);

  private Wire unnamed;

  private static RunnerConfiguration guarded(RunnerConfiguration open) {
    open.set("quarkus.http.host", "0.0.0.0")
        .set("quarkus.security.users.embedded.plain-text", true)
        .set("handfast.limits.transactions-per-client", 2);
    for (String user : USERS) {
      open.set("quarkus.security.users.embedded.users.\"" + user + "\"", secretOf(user))
          .set("quarkus.security.users.embedded.roles.\"" + user + "\"", user.split("-")[0]);
    }
    return open;
  }

  @BeforeEach
  void start() {
    unnamed = SHARED.wire();
  }

  private static String secretOf(String role) {
    return "s3cret-of-" + role;
  }

  private Wire as(String role) {
    return unnamed.as(role, secretOf(role));
  }

  @Test
  void everyPathOfTheDescriptionNeedsItsRoleAndHealthNeedsNone() {
    JsonNode paths = as("viewer").get("/q/openapi?format=json").json().path("paths");
    assertThat(paths.size()).isGreaterThan(20);
    Map<String, String> needed = new TreeMap<>();
    paths
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                        member -> {
                          if (METHODS.contains(member)) {
                            String call = member + " " + path.getKey();
                            needed.put(call, roleOf(call));
                          }
                        }));
    for (String page : List.of("/q/openapi", "/q/swagger-ui/", "/q/metrics", "/q/none", "/none")) {
      needed.put("get " + page, "viewer");
    }
    needed.put("post /none", "operator");
    needed.put("post /q/health", "operator");

    SoftAssertions softly = new SoftAssertions();
    needed.forEach((call, role) -> assertClosedBelow(softly, call, role));
    softly.assertAll();

    assertThat(unnamed.get("/q/health").status()).isEqualTo(200);
    assertThat(unnamed.get("/").status())
        .as("the console asks for everything it shows")
        .isEqualTo(200);
    assertThat(unnamed.get("/console/main.js").status()).isEqualTo(200);
    assertThat(unnamed.health("/q/health/live")).isEqualTo(200);
    assertThat(unnamed.health("/q/health/ready")).isEqualTo(200);
    assertThat(as("operator").get("/q/none").status()).isEqualTo(404);
    everyThingIsStillInPlace();
  }

  private static String roleOf(String call) {
    if (call.startsWith("get ")) {
      return "viewer";
    }
    String role = OF_OPERATORS.contains(call) ? "operator" : OF_CLIENTS.get(call);
    assertThat(role).as("nobody has said which role needs: " + call).isNotNull();
    return role;
  }

  private void assertClosedBelow(SoftAssertions softly, String call, String needed) {
    String method = call.substring(0, call.indexOf(' ')).toUpperCase();
    String path = call.substring(call.indexOf(' ') + 1).replaceAll("\\{[^}]*}", "x");
    if (path.equals("/v1/events")) {
      path += "?for=PT0.1S"; // goes on for an hour otherwise
    }
    Answer anonymous = unnamed.call(method, path, "application/json", "{}");
    softly.assertThat(anonymous.status()).as("nobody: " + call).isEqualTo(401);
    softly.assertThat(anonymous.problem()).as("nobody: " + call).isEqualTo("unauthenticated");
    softly
        .assertThat(unnamed.as("operator", "wrong").call(method, path, null, "").status())
        .as("wrong password: " + call)
        .isEqualTo(401);
    for (String role : ROLES) {
      Answer answer = as(role).call(method, path, "application/json", bodyOf(path));
      boolean isAllowed = ROLES.indexOf(role) >= ROLES.indexOf(needed);
      if (isAllowed) {
        softly.assertThat(answer.status()).as(role + ": " + call).isNotIn(401, 403);
      } else {
        softly.assertThat(answer.status()).as(role + ": " + call).isEqualTo(403);
        softly.assertThat(answer.problem()).as(role + ": " + call).isEqualTo("forbidden");
      }
      softly.assertThat(answer.text()).as(role + ": " + call).doesNotContain("s3cret");
    }
  }

  /** What is allowed is done: a comparison by its defaults would be measured for minutes. */
  private static String bodyOf(String path) {
    return path.equals("/v1/comparisons")
        ? "{\"messages\":1,\"rounds\":1,\"guarantees\":[\"at-most-once\"]}"
        : "{}";
  }

  /** None of the refused calls has done anything; the log shows no password. */
  private void everyThingIsStillInPlace() {
    assertThat(as("operator").endDrain().status()).as("of those that were allowed").isEqualTo(200);
    assertThat(as("viewer").delivery("orders").json().path("state").asText()).isEqualTo("running");
    assertThat(SHARED.node().log().tail(100_000)).doesNotContain("s3cret");
  }

  @Test
  void noSpellingOfAPathOpensWhatIsClosed() {
    SoftAssertions softly = new SoftAssertions();
    for (String path : SPELLINGS) {
      String answer = unnamed.raw("GET " + path + " HTTP/1.1", "Host: any.example");
      softly.assertThat(answer).as(path).startsWith("HTTP/1.1 401 ");
    }
    for (String path : List.of("/orders;x/pause", "/orders%3Bx/pause", "/orders/pause%3Bx")) {
      String answer =
          as("viewer").raw("POST /v1/deliveries" + path + " HTTP/1.1", "Host: any.example");
      softly.assertThat(answer).as(path).startsWith("HTTP/1.1 403 ");
    }
    softly.assertAll();
    assertThat(as("viewer").delivery("orders").json().path("state").asText()).isEqualTo("running");
  }

  @Test
  void refusalsAreProblemsAndSayHowToComeIn() {
    Answer anonymous = unnamed.deliveries();
    Problems.assertProblem(anonymous, 401);
    assertThat(unnamed.raw("GET /v1/deliveries HTTP/1.1", "Host: any.example"))
        .contains("401", "Basic realm=\"Handfast\"");
    Problems.assertProblem(unnamed.as("viewer", "wrong").deliveries(), 401);
    Problems.assertProblem(as("viewer").pause("orders"), 403);
    String forged =
        unnamed.raw(
            "POST /v1/recovery/scans HTTP/1.1", "Host: a.example", "Origin: http://b.example");
    assertThat(forged).contains("403", "forbidden-origin");
  }

  @Test
  void aCallerWhoHasTooManyTransactionsOpenTakesNothingFromOthers() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Answer begun = as("client-of-many").call("POST", "/v1/transactions", "application/json", "");
      assertThat(begun.status()).isEqualTo(201);
      ids.add(begun.json().path("id").asText());
    }

    Answer third = as("client-of-many").call("POST", "/v1/transactions", "application/json", "");

    Problems.assertProblem(third, 429);
    assertThat(third.problem()).isEqualTo("too-many-transactions-of-client");
    assertThat(as("operator").call("POST", "/v1/transactions", "application/json", "").status())
        .isEqualTo(201);
    assertThat(as("client-of-many").rollback(ids.get(0)).status()).isEqualTo(200);
    assertThat(
            as("client-of-many").call("POST", "/v1/transactions", "application/json", "").status())
        .isEqualTo(201);
  }
}
