package io.handfast.it.resilience.torture;

import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.ElasticMqProcess;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Tampering;
import io.handfast.it.harness.TurnsTable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two coordinators apply a queue of SQS to a table, each message once and in the order of its
 * group, while they are killed, one stands still for longer than its leases, and the queue's server
 * is killed.
 *
 * <p>Again what {@code -Dsqs.seed} did.
 */
class SqsKillsIT {
  private static final int KILLS = Integer.getInteger("sqs.kills", 8);
  private static final int MESSAGES = Integer.getInteger("sqs.messages", 3_000);
  private static final long SEED = Long.getLong("sqs.seed", System.nanoTime());
  private static final int GROUPS = 20;
  private static final String QUEUE = "orders.fifo";

  /** Longer than a lease, and what it takes to notice. */
  private static final Duration LONGER_THAN_A_LEASE = Duration.ofSeconds(35);

  private static final Duration PATIENCE = Duration.ofMinutes(4);

  @RegisterExtension final Scene scene = new Scene();

  private final Random random = new Random(SEED);
  private ElasticMqProcess sqs;
  private TurnsTable table;

  @Test
  void eachMessageIsOneRowInItsOrderWhateverBecomesOfTheCoordinatorsAndTheQueue() throws Exception {
    sqs = scene.closing(new ElasticMqProcess("elasticmq-kills")).start();
    sqs.createQueue(QUEUE, Map.of());
    table = TurnsTable.create(scene.database(), "orders", GROUPS);
    slow();
    List<RunnerProcess> nodes = List.of(coordinator("n1"), coordinator("n2"));
    nodes.forEach(RunnerProcess::launch);
    nodes.forEach(RunnerProcess::awaitReady);
    sqs.sendToGroups(QUEUE, Orders.upTo(MESSAGES), GROUPS);

    nodes.get(0).process().freeze();
    Thread.sleep(LONGER_THAN_A_LEASE.toMillis());
    nodes.get(0).process().thaw();
    for (int i = 1; i <= KILLS; i++) {
      Thread.sleep(500 + random.nextInt(2_500));
      if (i == KILLS / 2) {
        sqs.kill9();
        Thread.sleep(random.nextInt(2_000));
        sqs.start();
      }
      RunnerProcess node = nodes.get(random.nextInt(nodes.size()));
      System.out.printf("%d: %s, %d rows%n", i, nodes.indexOf(node) + 1, table.rows());
      node.kill9();
      node.start();
    }

    within(PATIENCE, () -> assertThat(table.distinctRows()).isEqualTo(MESSAGES));
    within(PATIENCE, () -> assertThat(sqs.messages(QUEUE)).isZero());
    long skipped = 0;
    for (RunnerProcess node : nodes) {
      skipped += node.wire().delivery("orders").json().at("/counters/skipped").asLong();
    }
    System.out.printf(
        "%d kills, %d messages, %d rows, %d copies skipped since the last starts, seed %d%n",
        KILLS, MESSAGES, table.rows(), skipped, SEED);
    assertThat(table.rows()).as("seed %d", SEED).isEqualTo(MESSAGES);
    assertThat(table.disorder()).isZero();
  }

  /** So that there is always a unit in the middle of its statements. */
  private void slow() throws Exception {
    table
        .database()
        .execute(
            """
            CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN PERFORM pg_sleep(0.02); RETURN NEW; END'
            """,
            "CREATE TRIGGER pause BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION pause()");
  }

  private RunnerProcess coordinator(String name) throws Exception {
    return scene
        .coordinator(
            name,
            scene
                .external(name)
                .sqs(sqs)
                .delivery(
                    "orders",
                    DeliverySpec.fromSqs(QUEUE).statement(table.insert()).batch(50).consumers(2)))
        .tamperedWith(Tampering.QUICK_START.and(ElasticMqProcess.CREDENTIALS));
  }
}
