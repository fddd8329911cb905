package io.handfast.it.resilience;

import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Broker;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.InjectedRules;
import io.handfast.it.harness.QueuedMessage;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Tampering;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Dead letters are sent back, and the node is killed meanwhile: each is in one queue. */
class KillDuringReplayIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int LETTERS = 25;

  @RegisterExtension final Scene scene = new Scene();

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

  private String dead() {
    return scene.queue() + ".dead";
  }

  private Broker broker() {
    return scene.artemis().address();
  }
}
