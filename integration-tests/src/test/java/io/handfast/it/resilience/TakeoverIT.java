package io.handfast.it.resilience;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Of coordinators with one name one works: another is refused, or waits and follows. */
class TakeoverIT {
  private static final Orders SENT = Orders.upTo(1_000);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension final Scene scene = new Scene();

  @Test
  void oneIsRefusedAndOneFollowsWhenTheNameIsFree() throws Exception {
    OrdersTable table = OrdersTable.create(scene.database(), "orders").slow(Duration.ofMillis(100));
    Auditor auditor = scene.auditor(table);
    scene.artemis().address().send(scene.queue(), SENT.bodies());
    RunnerProcess first = node("first", table, "PT15S").start();
    auditor.awaitRows(20, PATIENCE);

    RunnerProcess refused = node("refused", table, "PT0S").launch();
    assertThat(refused.process().awaitExit(PATIENCE).code())
        .as(refused.log().tail(20))
        .isEqualTo(1);
    assertThat(refused.log().linesWith("^handfast.node: is 'n1', which another coordinator holds"))
        .hasSize(1);

    RunnerProcess follows = node("follows", table, "PT1M").launch();
    eventually(() -> assertThat(follows.log().linesWith("node name taken")).hasSize(1));
    assertThat(follows.wire().health("/q/health/ready")).isEqualTo(503);
    first.terminate();
    follows.awaitReady();
    table.fast();
    auditor.awaitEveryMessageSettledOnce(SENT, PATIENCE);
    assertThat(table.distinctRows()).isEqualTo(SENT.last());
    assertThat(first.log().linesWith("\\bERROR\\b|branch recovered")).isEmpty();
    assertThat(follows.wire().delivery("orders").json().at("/counters/committed").asLong())
        .isPositive();
  }

  private RunnerProcess node(String log, OrdersTable table, String patience) throws Exception {
    RunnerConfiguration configuration =
        scene
            .external("n1")
            .set("handfast.node-name-patience", patience)
            .delivery("orders", DeliverySpec.of(scene.queue(), table).batch(5));
    return scene.coordinator(log, configuration);
  }
}
