package io.handfast.it.acceptance.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Call;
import io.handfast.it.harness.SharedNode;
import io.handfast.it.harness.Wire;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Bad input is refused with a problem that names the field, and nothing comes of it. */
class HostileRequestsIT {
  @RegisterExtension static final SharedNode NODE = World.node();

  private static World world;

  @BeforeAll
  static void build() {
    world = World.build(NODE);
  }

  @Test
  void everyHostileRequestGetsAProblemAndChangesNothing() throws Exception {
    List<Hostile> requests = HostileRequests.all();
    List<String> before = world.state();

    List<String> failures = new ArrayList<>();
    for (Hostile hostile : requests) {
      Answer answer = world.wire().raw().send(hostile.call());
      failures(hostile, answer, world.contract()).forEach(f -> failures.add(hostile + "\n  " + f));
    }

    assertThat(failures).isEmpty();
    assertThat(requests.stream().map(HostileRequestsIT::asSent).distinct())
        .hasSize(requests.size())
        .hasSizeGreaterThanOrEqualTo(500);
    assertThat(world.state()).isEqualTo(before);
    assertThat(world.trouble()).isEmpty();
  }

  @Test
  void sqlInParametersStaysData() throws Exception {
    Wire wire = world.wire();
    String bomb = "'; DROP TABLE orders; --";
    String body = "{\"id\":\"%s\",\"item\":\"x\",\"qty\":1}".formatted(bomb);

    wire.begin("bomb", "PT1M");
    assertThat(wire.statement("bomb", "add-order", List.of(body)).status()).isEqualTo(200);
    assertThat(wire.commit("bomb").status()).isEqualTo(200);

    assertThat(world.coordinator().embeddedDatabase().values("SELECT id FROM orders"))
        .containsExactly(bomb);
  }

  @Test
  void mutatedRequestsAreRefusedAsDocumented() throws Exception {
    List<String> before = world.state();
    List<Call> calls = Mutations.of(world.contract());
    List<String> failures = new ArrayList<>();

    for (Call call : calls) {
      Answer answer = world.wire().raw().send(call);
      if (answer.status() < 400 || answer.status() >= 500) {
        failures.add(call + " -> " + answer.status() + " " + answer.text());
      }
      world.contract().breaches(call, answer).forEach(b -> failures.add(call + " " + b));
    }

    assertThat(failures).isEmpty();
    assertThat(calls).hasSizeGreaterThan(400);
    assertThat(world.state()).isEqualTo(before);
    assertThat(world.trouble()).isEmpty();
  }

  private static List<String> asSent(Hostile hostile) {
    Call call = hostile.call();
    return List.of(
        call.method(), call.target(), call.headers().toString(), Arrays.toString(call.body()));
  }

  private static List<String> failures(Hostile hostile, Answer answer, Contract contract) {
    String shown = answer.status() + " " + answer.contentType() + " " + answer.text();
    if (answer.status() != hostile.status() || !answer.problem().equals(hostile.problem())) {
      return List.of(shown);
    }
    if (hostile.problem().isEmpty()) {
      return List.of();
    }
    List<String> failures = new ArrayList<>(contract.breaches(hostile.call(), answer));
    List<String> fields = new ArrayList<>();
    for (JsonNode violation : answer.json().path("violations")) {
      fields.add(violation.path("field").asText());
    }
    if (!hostile.field().isEmpty() && !fields.contains(hostile.field())
        || answer.json().path("retry").asText().isEmpty()
        || answer.text().contains("\\tat ")
        || answer.text().length() > 20_000) {
      failures.add(shown);
    }
    return failures;
  }
}
