package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Broker;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.QueuedMessage;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.SharedNode;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Dead letters are looked at and sent back. */
class DeadLettersIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int LETTERS = 25;

  @RegisterExtension static final SharedNode SHARED = new SharedNode();

  @Test
  void oneIsSentBackAndThenTheOthersOnceTheStatementIsMended() throws Exception {
    RunnerProcess node = SHARED.node();
    fail(node);
    JsonNode shown = node.wire().get("/v1/dead-letters/" + dead() + "?limit=10").json();
    assertThat(shown.path("total").asInt()).isEqualTo(LETTERS);
    assertThat(shown.path("messages")).hasSize(10);
    JsonNode first = shown.path("messages").path(0);
    String body = first.path("body").asText(); // consumers compete, so it may be any
    assertThat(letters()).contains(body);
    assertThat(first.path("cause").asText()).contains("JSON");
    assertThat(first.path("source").asText()).isEqualTo(SHARED.unique());
    assertThat(first.path("failures").asInt()).isEqualTo(1);
    assertThat(node.wire().get("/v1/dead-letters").text()).contains(dead(), "\"letters\"");

    String takesAnyText = "INSERT INTO " + SHARED.unique() + "(body) VALUES (:message.body)";
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
    RunnerProcess node = SHARED.node();
    node.wire().begin(SHARED.unique(), "PT1M");
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

  @Test
  void aQueueThatIsCalledDatabaseIsReplayedLikeAnyOther() throws Exception {
    RunnerProcess node = SHARED.node();

    Answer replayed = post(node, "/v1/dead-letters/database/replay");

    assertThat(replayed.status()).as(replayed.text()).isEqualTo(200);
    assertThat(replayed.json().path("replayed").asLong()).isZero();
    assertThat(post(node, "/v1/dead-letters/database/letters").problem())
        .isEqualTo("method-not-allowed");
    assertThat(post(node, "/v1/dead-letters/database/letters/replay").problem())
        .isEqualTo("delivery-not-found");
  }

  private static Answer post(RunnerProcess node, String path) {
    return node.wire().call("POST", path, "application/json", "{}");
  }

  /** Leaves all letters among the dead. */
  private void fail(RunnerProcess node) throws Exception {
    SHARED.database().execute("CREATE TABLE " + SHARED.unique() + "(body TEXT)");
    put(node, "INSERT INTO " + SHARED.unique() + "(body) VALUES (:body)");
    node.wire().sendLines(SHARED.unique(), String.join("\n", letters()));
    within(PATIENCE, () -> assertThat(broker().messageCount(dead())).isEqualTo(LETTERS));
  }

  private void put(RunnerProcess node, String statement) {
    DeliverySpec delivery = DeliverySpec.fromQueue(SHARED.unique()).statement(statement);
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

  private List<String> rows() throws Exception {
    Database database = SHARED.database();
    return database.values("SELECT body FROM " + SHARED.unique());
  }

  private String dead() {
    return SHARED.unique() + ".dead";
  }

  private Broker broker() {
    return SHARED.artemis().address();
  }
}
