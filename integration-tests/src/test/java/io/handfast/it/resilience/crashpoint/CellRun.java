package io.handfast.it.resilience.crashpoint;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Plays one cell: one queue, one table, one coordinator, one fault. */
final class CellRun {
  private final Cell cell;
  private final Stage stage;
  private final RunnerProcess node;

  CellRun(Scene scene, Cell cell) throws Exception {
    this.cell = cell;
    this.stage = new Stage(scene, cell, "n1");
    this.node = stage.node();
  }

  Finding play() throws Exception {
    reach();
    String caught = stage.caught();
    Instant repaired = new Strike(cell, stage).strike();
    resumeAsAPerson();
    stage.awaitSettled();
    Duration recovery = Duration.between(repaired, Instant.now());
    stage.assertClean(Stage.SENT);
    Outcome outcome = outcomeOf(caught);
    assertThat(outcome).as("outcome of %s", caught).isEqualTo(cell.outcome());
    return new Finding(cell, outcome, recovery);
  }

  private void reach() throws Exception {
    Point point = cell.point();
    stage.reach(point.before().orElse(point));
    if (point.before().isPresent()) {
      node.kill9();
      stage.set(point);
      node.launch();
      stage.trap().awaitReached(node);
    }
    Optional<List<String>> prepared = point.prepared(cell.order());
    if (prepared.isPresent()) {
      assertThat(stage.prepared()).as("prepared at the point").isEqualTo(prepared.get());
    }
  }

  /** A delivery that was told of a heuristic outcome waits for an operator. */
  private void resumeAsAPerson() {
    if (cell.outcome() == Outcome.HEURISTIC && cell.order() == Order.BROKER_FIRST) {
      eventually(
          () ->
              assertThat(node.wire().delivery("orders").json().path("state").asText())
                  .isEqualTo("failed"));
      node.wire().resume("orders");
    }
  }

  /** What the coordinator says where a client asks it, and what it did where nobody does. */
  private Outcome outcomeOf(String caught) throws Exception {
    if (cell.point() == Point.EMPTY_LOG) {
      return Outcome.COMMITTED; // by an operator
    }
    return cell.order() == Order.DATABASE_FIRST ? saidOutcome() : doneOutcome(caught);
  }

  private Outcome saidOutcome() {
    String status = node.wire().transaction(stage.client().first()).json().path("status").asText();
    return switch (status) {
      case "committed" -> Outcome.COMMITTED;
      case "rolled-back" -> Outcome.ROLLED_BACK;
      case "heuristic-mixed", "heuristic-hazard" -> Outcome.HEURISTIC;
      default -> throw new AssertionError("status " + status);
    };
  }

  private Outcome doneOutcome(String caught) throws Exception {
    if (!node.log().linesWith("delivery failed delivery=orders.*heuristic").isEmpty()) {
      return Outcome.HEURISTIC;
    }
    boolean isCommitted =
        stage.trace().stream()
            .anyMatch(line -> line.matches("committed (broker|database) " + caught));
    boolean isRecovered =
        !node.log()
            .linesWith("branch recovered gtrid=%s .*outcome=commit".formatted(caught))
            .isEmpty();
    return isCommitted || isRecovered ? Outcome.COMMITTED : Outcome.ROLLED_BACK;
  }
}
