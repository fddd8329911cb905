package io.handfast.it.resilience;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.acceptance.tracing.Collector;
import io.handfast.it.acceptance.tracing.ExportedSpan;
import io.handfast.it.acceptance.tracing.TracingIT;
import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a collector is told when recovery ends what a crash has left. */
class TraceOfARecoveryIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension final Scene scene = new Scene();

  @Test
  void recoveryAfterACrashIsLinkedWithTheTransactionThatItEnds() throws Exception {
    Collector collector = scene.closing(Collector.start());
    OrdersTable table = OrdersTable.create(scene.database(), "orders");
    table.slow(Duration.ofMillis(10));
    RunnerProcess coordinator =
        scene
            .coordinator(
                "n1",
                TracingIT.traced(scene.external("n1"), collector)
                    .delivery("orders", DeliverySpec.of(scene.queue(), table).batch(5)))
            .start();
    scene.artemis().address().send(scene.queue(), Orders.upTo(2_000).bodies());
    Auditor auditor = scene.auditor(table);
    auditor.awaitRows(20, PATIENCE);
    coordinator.kill9When(() -> auditor.seesDecidedInTheDatabase(coordinator));

    coordinator.start();

    eventually(
        () ->
            assertThat(recovered(collector))
                .anyMatch(span -> span.attribute("handfast.action").equals("commit")));
    for (ExportedSpan recovered : recovered(collector)) {
      assertThat(recovered.links())
          .containsExactly(TracingIT.foundBy(recovered.attribute("handfast.transaction")));
    }
  }

  /** Which of the two branches was left is chance. */
  private static List<ExportedSpan> recovered(Collector collector) {
    return collector.spans().stream().filter(s -> s.name().startsWith("recover ")).toList();
  }
}
