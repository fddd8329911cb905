package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Broker;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.InjectedRules;
import io.handfast.it.harness.QueuedMessage;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Tampering;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Dead letters are looked at and sent back; whoever is killed meanwhile, each is in one queue. */
class DeadLettersIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int LETTERS = 25;

  @RegisterExtension final Scene scene = new Scene();

  @Test
  void oneIsSentBackAndThenTheOthersOnceTheStatementIsMended() throws Exception {
    RunnerProcess node = scene.coordinator("n1", scene.external("n1")).start();
    fail(node);
    JsonNode shown = node.wire().get("/v1/dead-letters/" + dead() + "?limit=10").json();
    assertThat(shown.path("total").asInt()).isEqualTo(LETTERS);
    assertThat(shown.path("messages")).hasSize(10);
    JsonNode first = shown.path("messages").path(0);
    String body = first.path("body").asText(); // consumers compete, so it may be any
    assertThat(letters()).contains(body);
    assertThat(first.path("cause").asText()).contains("JSON");
    assertThat(first.path("source").asText()).isEqualTo(scene.queue());
    assertThat(first.path("failures").asInt()).isEqualTo(1);
    assertThat(node.wire().get("/v1/dead-letters").text()).contains(dead(), "\"letters\"");

    String takesAnyText = "INSERT INTO letters(body) VALUES (:message.body)";
    put(node, takesAnyText);
    String one = "{\"ids\":[\"%s\"]}".formatted(first.path("id").asText());
    assertThat(replay(node, one)).isEqualTo(1);
    within(PATIENCE, () -> assertThat(rows()).containsExactly(body));
    assertThat(replay(node, one)).as("the same again").isZero();
    assertThat(replay(node, "{}")).isEqualTo(LETTERS - 1);

    within(PATIENCE, () -> assertThat(rows()).hasSize(LETTERS));
    assertThat(rows()).containsExactlyInAnyOrderElementsOf(letters());
    assertThat(broker().messageCount(dead())).isZero();
    JsonNode counters = node.wire().delivery("letters").json().path("counters");
    assertThat(counters.path("deadLettered").asInt()).as("before it was mended").isEqualTo(LETTERS);
  }

  @Test
  void whatDoesNotSayWhereItCameFromStaysAndNobodyIsLedToTheBrokersOwnAddresses() throws Exception {
    RunnerProcess node = scene.coordinator("n1", scene.external("n1")).start();
    node.wire().begin("evil", "PT1M");
    broker().send(dead(), List.of("a stranger"));

    assertThat(replay(node, "{}")).isZero();

    assertThat(broker().browse(dead()))
        .extracting(QueuedMessage::body)
        .containsExactly("a stranger");
    for (String ids :
        List.of("{\"ids\":[\"ID:1') OR ('1'='1\"]}", "{\"ids\":\"ID:1\"}", "{\"all\":1}")) {
      Answer refused = node.wire().call("POST", path(), "application/json", ids);
      assertThat(refused.problem()).as(ids).isEqualTo("invalid-request");
    }
  }

  @ParameterizedTest
  @CsvSource({"AT INVOKE,0", "AFTER INVOKE,25"})
  void aKillBeforeTheCommitHasMovedNothingAndOneAfterItEverything(String where, int moved)
      throws Exception {
    String rule =
        """
        RULE killed at the commit of a replay
        CLASS io.handfast.queue.DeadLetters
        METHOD move
        %s io.handfast.message.SourceSession.commit
        IF TRUE
        DO killJVM()
        ENDRULE
        """
            .formatted(where);
    Tampering tampering = InjectedRules.in(scene.directory().resolve("replay.btm"), rule);
    RunnerProcess node =
        scene.coordinator("n1", scene.external("n1")).tamperedWith(tampering).start();
    fail(node);
    assertThat(node.wire().pause("letters").status()).isEqualTo(200);

    try {
      replay(node, "{}");
    } catch (RuntimeException killed) {
      // the answer never comes
    }

    within(PATIENCE, () -> assertThat(node.isAlive()).isFalse());
    within(
        PATIENCE,
        () -> {
          assertThat(bodies(scene.queue())).hasSize(moved);
          assertThat(bodies(dead())).hasSize(LETTERS - moved);
        });
    assertThat(bodies(moved == 0 ? dead() : scene.queue()))
        .containsExactlyInAnyOrderElementsOf(letters());
  }

  /** Leaves all letters among the dead. */
  private void fail(RunnerProcess node) throws Exception {
    scene.database().execute("CREATE TABLE letters(body TEXT)");
    put(node, "INSERT INTO letters(body) VALUES (:body)");
    node.wire().sendLines(scene.queue(), String.join("\n", letters()));
    within(PATIENCE, () -> assertThat(broker().messageCount(dead())).isEqualTo(LETTERS));
  }

  private void put(RunnerProcess node, String statement) {
    DeliverySpec delivery = DeliverySpec.fromQueue(scene.queue()).statement(statement);
    Answer put = node.wire().putDelivery("letters", delivery);
    assertThat(put.status()).as(put.text()).isIn(200, 201);
  }

  private long replay(RunnerProcess node, String body) {
    Answer answer = node.wire().call("POST", path(), "application/json", body);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json().path("replayed").asLong();
  }

  private String path() {
    return "/v1/dead-letters/" + dead() + "/replay";
  }

  private static List<String> letters() {
    return IntStream.rangeClosed(1, LETTERS).mapToObj(i -> "letter " + i).toList();
  }

  private List<String> bodies(String queue) throws Exception {
    return broker().browse(queue).stream().map(QueuedMessage::body).toList();
  }

  private List<String> rows() throws Exception {
    Database database = scene.database();
    return database.values("SELECT body FROM letters");
  }

  private String dead() {
    return scene.queue() + ".dead";
  }

  private Broker broker() {
    return scene.artemis().address();
  }
}
