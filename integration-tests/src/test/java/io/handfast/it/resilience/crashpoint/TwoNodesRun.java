package io.handfast.it.resilience.crashpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Tampering;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Two nodes of which one's name begins with the other's: each recovers its own, and only that. */
final class TwoNodesRun {
  private final Cell cell;
  private final Stage one;
  private final Stage eleven;

  TwoNodesRun(Scene scene, Cell cell) throws Exception {
    this.cell = cell;
    this.one = new Stage(scene, cell, "n1");
    this.eleven = new Stage(scene, cell, "n11");
  }

  Finding play() throws Exception {
    for (Stage stage : List.of(one, eleven)) {
      stage.reach(cell.point());
      stage.node().kill9();
    }
    String ofOne = one.caught();
    String ofEleven = eleven.caught();
    assertPrepared(ofOne, ofEleven);
    Instant repaired = Instant.now();

    restart(one.node());
    assertPrepared(ofEleven);
    restart(eleven.node());

    one.awaitSettled();
    eleven.awaitSettled();
    Duration recovery = Duration.between(repaired, Instant.now());
    one.assertClean(Stage.SENT);
    eleven.assertClean(Stage.SENT);
    assertRecovered(one.node(), ofOne);
    assertRecovered(eleven.node(), ofEleven);
    return new Finding(cell, Outcome.COMMITTED, recovery);
  }

  private static void restart(RunnerProcess node) {
    node.tamperedWith(Tampering.NONE).start();
  }

  private void assertPrepared(String... transactions) throws Exception {
    assertThat(one.auditor().prepared())
        .as("prepared")
        .hasSize(2 * transactions.length)
        .allMatch(branch -> List.of(transactions).contains(branch.split(": ")[1]));
  }

  private static void assertRecovered(RunnerProcess node, String own) {
    assertThat(node.log().linesWith("branch recovered"))
        .hasSize(2)
        .allMatch(line -> line.contains("gtrid=" + own) && line.contains("outcome=commit"));
  }
}
