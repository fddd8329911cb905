package io.handfast.it.resilience.crashpoint;

import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Broker;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.RecordsTable;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A coordinator that is killed at each step of a unit that forwards records of a topic: a peer that
 * knows no Kafka ends the branch, and the next start goes on from there.
 */
class KafkaForwardCrashPointsIT {
  private static final int RECORDS = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension final Scene scene = new Scene();

  /** Of each: whether the branch is prepared then, and whether the rows are there. */
  @ParameterizedTest
  @CsvSource({
    "prepare, AT EXIT, 1, false",
    "decide, AT ENTRY, 1, false",
    "decide, AT EXIT, 1, true",
    "confirm, AT EXIT, 0, true"
  })
  void aPeerWithoutKafkaEndsWhatTheMarkerSays(
      String step, String where, int prepared, boolean isCommitted) throws Exception {
    String topic = scene.unique();
    scene.kafka().createTopic(topic, 1);
    scene.kafka().send(topic, 1, Orders.upTo(RECORDS).bodies());
    RecordsTable table = RecordsTable.create(scene.database(), "records");
    Broker broker = scene.artemis().address();
    Trap trap = new Trap(scene.directory(), List.of(Rules.ofLocalCommit(step, where)));
    RunnerProcess gone = forwarding(topic, table).tamperedWith(trap.tampering()).start();
    trap.awaitReached(gone);
    assertThat(broker.preparedTransactions()).hasSize(prepared);
    assertThat(table.rows() > 0).isEqualTo(isCommitted);

    gone.kill9();
    RunnerProcess peer = scene.coordinator("n2", of("n2")).start();

    within(PATIENCE, () -> assertThat(broker.preparedTransactions()).isEmpty());
    within(
        PATIENCE,
        () ->
            assertThat(peer.log().linesWith("branch taken over|branch recovered"))
                .hasSize(prepared));
    assertThat(broker.messageCount(scene.queue())).isEqualTo(table.rows());
    forwarding(topic, table).start();
    within(PATIENCE, () -> assertThat(broker.messageCount(scene.queue())).isEqualTo(RECORDS));
    assertThat(broker.browse(scene.queue()).stream().map(sent -> Orders.idOf(sent.body())))
        .containsExactlyElementsOf(Orders.upTo(RECORDS).ids());
    assertThat(table.rows()).isEqualTo(RECORDS);
    assertThat(table.distinctRows()).isEqualTo(RECORDS);
  }

  private RunnerConfiguration of(String node) throws Exception {
    return scene.external(node).set("handfast.recovery.takeover-after", "PT1S");
  }

  private RunnerProcess forwarding(String topic, RecordsTable table) throws Exception {
    RunnerConfiguration configuration =
        of("n1")
            .kafka(scene.kafka())
            .delivery(
                "records",
                DeliverySpec.fromKafka(topic)
                    .statement(table.insert())
                    .forward(scene.queue())
                    .consumers(1)
                    .batch(5));
    return scene.coordinator("n1", configuration);
  }
}
