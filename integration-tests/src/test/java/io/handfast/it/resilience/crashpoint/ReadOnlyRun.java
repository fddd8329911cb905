package io.handfast.it.resilience.crashpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Orders;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Wire;
import java.time.Duration;
import java.time.Instant;

/** A client that only reads from the database, and sends a message; the database votes so. */
final class ReadOnlyRun {
  private static final Orders SENT = Orders.upTo(1);
  private static final String ID = "reads";

  private final Cell cell;
  private final Stage stage;

  ReadOnlyRun(Scene scene, Cell cell) throws Exception {
    this.cell = cell;
    this.stage = new Stage(scene, cell, "n1");
  }

  Finding play() throws Exception {
    stage.set(cell.point());
    Wire wire = stage.node().start().wire();
    wire.begin(ID, "PT30S");
    wire.run(ID, "{\"sql\":\"SELECT count(*) FROM %s\"}".formatted(stage.table().name()));
    wire.sendInside(ID, stage.queue(), Orders.json(1));

    Instant repaired = Instant.now();
    assertThat(wire.commit(ID).json().path("status").asText()).isEqualTo("committed");

    Duration recovery = Duration.between(repaired, Instant.now());
    assertThat(stage.trap().isReached()).as("voted read-only").isTrue();
    stage.assertClean(SENT);
    assertThat(stage.auditor().ledger().in("queue")).isEqualTo(1);
    return new Finding(cell, Outcome.COMMITTED, recovery);
  }
}
