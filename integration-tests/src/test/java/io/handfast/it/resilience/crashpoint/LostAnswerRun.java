package io.handfast.it.resilience.crashpoint;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.TcpProxy;
import io.handfast.it.harness.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.awaitility.core.ThrowingRunnable;

/** A client whose call is carried out and never answered: it repeats the call, or begins anew. */
final class LostAnswerRun {
  private final Cell cell;
  private final Stage stage;
  private final Scene scene;
  private final Wire direct;
  private final Wire wire;
  private final TcpProxy network;
  private String id = "caught";
  private Instant repaired;

  LostAnswerRun(Scene scene, Cell cell) throws Exception {
    this.scene = scene;
    this.cell = cell;
    this.stage = new Stage(scene, cell, "n1");
    this.network = scene.closing(new TcpProxy(stage.node().port()));
    this.direct = stage.node().wire();
    this.wire = stage.node().wireOver(network);
  }

  Finding play() throws Exception {
    scene.artemis().address().send(stage.queue(), Stage.SENT.bodies());
    stage.node().start();

    loseAnAnswer();

    stage.awaitSettled();
    Duration recovery = Duration.between(repaired, Instant.now());
    stage.assertClean(Stage.SENT);
    assertThat(statusOf("caught"))
        .isEqualTo(cell.outcome() == Outcome.COMMITTED ? "committed" : "rolled-back");
    return new Finding(cell, cell.outcome(), recovery);
  }

  private void loseAnAnswer() {
    switch (cell.point()) {
      case BEGIN_REPEATED -> {
        lose(this::begin, () -> assertThat(direct.transaction(id).status()).isEqualTo(200));
        assertThat(begin().status()).as("begun before").isEqualTo(200);
      }
      case RECEIVE_REPEATED -> {
        begin();
        lose(this::receive, () -> assertThat(received()).isEqualTo(Stage.SENT.last()));
        beginAnew();
      }
      case STATEMENTS_REPEATED -> {
        begin();
        receive();
        lose(this::insert, () -> assertThat(writers()).isPositive());
        beginAnew();
      }
      case COMMIT_REPEATED -> {
        begin();
        fill();
        lose(this::commit, () -> assertThat(statusOf(id)).isEqualTo("committed"));
      }
      case ROLLBACK_REPEATED -> {
        begin();
        fill();
        lose(this::rollback, () -> assertThat(statusOf(id)).isEqualTo("rolled-back"));
        beginAnew();
      }
      default -> throw new IllegalArgumentException(cell.toString());
    }
    if (cell.point() != Point.COMMIT_REPEATED) {
      fill();
    }
    assertThat(commit().json().path("status").asText()).isEqualTo("committed");
  }

  /** Makes a call whose answer is lost, when it was seen from elsewhere that it was carried out. */
  private void lose(Supplier<Answer> call, ThrowingRunnable isCarriedOut) {
    network.loseReplies();
    CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(call);
    eventually(isCarriedOut);
    repaired = Instant.now();
    network.heal();
    assertThatThrownBy(answer::join).as("the answer").hasMessageContaining("IOException");
  }

  private void beginAnew() {
    assertThat(rollback().json().path("status").asText()).isEqualTo("rolled-back");
    id = "anew";
    begin();
  }

  private void fill() {
    receive();
    insert();
  }

  private Answer begin() {
    return wire.begin(id, "PT30S");
  }

  private Answer receive() {
    return wire.receiveInside(id, stage.queue(), "max=%d&wait=PT5S".formatted(Stage.SENT.last()));
  }

  private Answer insert() {
    return wire.run(id, Client.insertion(stage.table(), Stage.SENT.bodies()));
  }

  private Answer commit() {
    return wire.commit(id);
  }

  private Answer rollback() {
    return wire.rollback(id);
  }

  private String statusOf(String transaction) {
    return direct.transaction(transaction).json().path("status").asText();
  }

  private long received() {
    return direct.transaction(id).json().path("messages").asLong();
  }

  /** How many sessions have written to the table and not ended their transaction. */
  private long writers() throws Exception {
    String lock = "mode = 'RowExclusiveLock' AND relation = '%s'::regclass";
    return stage
        .table()
        .database()
        .number("SELECT count(*) FROM pg_locks WHERE " + lock.formatted(stage.table().name()));
  }
}
