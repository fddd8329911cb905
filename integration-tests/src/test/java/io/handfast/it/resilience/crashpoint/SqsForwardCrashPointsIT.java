package io.handfast.it.resilience.crashpoint;

import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Broker;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.ElasticMqProcess;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.TurnsTable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Coordinators that are killed at each step of a unit that forwards messages of SQS: a peer that
 * knows no SQS ends their branches, and the messages that come again are not sent again. All of
 * them wait for the same leases to end.
 */
class SqsForwardCrashPointsIT {
  private static final int MESSAGES = 10;
  private static final String AT_ONCE = "PT1S";

  /** Those that are killed leave the branches of others alone. */
  private static final String NEVER = "PT1H";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Of each: whether the branch is prepared then, and whether the rows are there. */
  private record Point(String step, String where, int prepared, boolean isCommitted) {}

  private static final List<Point> POINTS =
      List.of(
          new Point("prepare", "AT EXIT", 1, false),
          new Point("decide", "AT ENTRY", 1, false),
          new Point("decide", "AT EXIT", 1, true),
          new Point("confirm", "AT EXIT", 0, true));

  @RegisterExtension final Scene scene = new Scene();

  /** A delivery of its own for each point. */
  private record Flow(String source, TurnsTable table, String next) {

    DeliverySpec delivery() {
      return DeliverySpec.fromSqs(source)
          .statement(table.insert())
          .forward(next)
          .consumers(1)
          .batch(5);
    }
  }

  @Test
  void aPeerWithoutSqsEndsWhatTheMarkersSayAndNothingIsSentTwice() throws Exception {
    Broker broker = scene.artemis().address();
    List<Flow> flows = List.of(flow(0), flow(1), flow(2), flow(3));
    int prepared = 0;
    for (int i = 0; i < POINTS.size(); i++) {
      Point point = POINTS.get(i);
      Flow flow = flows.get(i);
      Trap trap =
          new Trap(
              scene.directory().resolve("trap-" + i),
              List.of(Rules.ofLocalCommit(point.step(), point.where())));
      RunnerProcess gone =
          scene
              .coordinator(
                  "n" + i, of("n" + i, NEVER).sqs(scene.sqs()).delivery("o" + i, flow.delivery()))
              .tamperedWith(trap.tampering().and(ElasticMqProcess.CREDENTIALS))
              .start();
      scene.sqs().sendToGroups(flow.source(), Orders.upTo(MESSAGES), 2);
      trap.awaitReached(gone);
      prepared += point.prepared();
      assertThat(broker.preparedTransactions()).as(point.toString()).hasSize(prepared);
      assertThat(flow.table().rows() > 0).as(point.toString()).isEqualTo(point.isCommitted());
      gone.kill9();
    }

    RunnerProcess peer = scene.coordinator("peer", of("peer", AT_ONCE)).start();

    int all = prepared;
    within(PATIENCE, () -> assertThat(broker.preparedTransactions()).isEmpty());
    within(
        PATIENCE,
        () -> assertThat(peer.log().linesWith("branch taken over|branch recovered")).hasSize(all));
    for (Flow flow : flows) {
      assertThat(broker.messageCount(flow.next())).isEqualTo(flow.table().rows());
    }
    RunnerConfiguration next = of("next", AT_ONCE).sqs(scene.sqs());
    for (int i = 0; i < flows.size(); i++) {
      next.delivery("o" + i, flows.get(i).delivery());
    }
    scene.coordinator("next", next).tamperedWith(ElasticMqProcess.CREDENTIALS).start();
    for (Flow flow : flows) {
      within(PATIENCE, () -> assertThat(scene.sqs().messages(flow.source())).isZero());
      assertThat(flow.table().rows()).isEqualTo(MESSAGES);
      assertThat(flow.table().distinctRows()).isEqualTo(MESSAGES);
      assertThat(flow.table().disorder()).isZero();
      assertThat(broker.browse(flow.next()).stream().map(sent -> Orders.idOf(sent.body())))
          .containsExactlyInAnyOrderElementsOf(Orders.upTo(MESSAGES).ids());
    }
  }

  private Flow flow(int point) throws Exception {
    String source = scene.unique() + "-" + point + ".fifo";
    scene.sqs().createQueue(source, Map.of());
    TurnsTable table = TurnsTable.create(scene.database(), "orders" + point, 2);
    return new Flow(source, table, scene.queue() + "." + point);
  }

  private RunnerConfiguration of(String node, String takesOverAfter) throws Exception {
    return scene.external(node).set("handfast.recovery.takeover-after", takesOverAfter);
  }
}
