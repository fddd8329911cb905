package io.handfast.it.resilience.torture;

import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.InjectedRules;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.RecordsTable;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Tampering;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two coordinators apply a topic to a table, each record once and in the order of its partition,
 * while they are killed, and stand still for longer than Kafka waits for them, and go on then.
 *
 * <p>Until {@code -Dkafka.disturbances=1000}, and again what {@code -Dkafka.seed} did.
 */
class KafkaKillsIT {
  private static final int DISTURBANCES = Integer.getInteger("kafka.disturbances", 24);
  private static final long SEED = Long.getLong("kafka.seed", System.nanoTime());
  private static final int RECORDS = Integer.getInteger("kafka.records", 60_000);
  private static final int PARTITIONS = 4;
  private static final int RECORDS_A_SLICE = 50;

  /** The shortest that Kafka takes, unless it is told otherwise. */
  private static final Duration SESSION = Duration.ofSeconds(6);

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final String WITHOUT_COMPARE =
      """
      RULE without compare
      CLASS io.handfast.database.JdbcPositions
      METHOD move
      AT EXIT
      IF true
      DO return true
      ENDRULE
      """;

  /** What is done to a coordinator. */
  private enum Disturbance {
    KILLED,
    STANDS_STILL_FOR_LONGER_THAN_ITS_SESSION,
    STANDS_STILL_FOR_A_MOMENT
  }

  @RegisterExtension final Scene scene = new Scene();

  private final Random random = new Random(SEED);
  private RecordsTable table;
  private List<RunnerProcess> nodes;
  private volatile boolean isOver;

  @Test
  void eachRecordIsOneRowInItsOrderWhateverBecomesOfTheCoordinators() throws Exception {
    begin(Tampering.QUICK_START);
    CompletableFuture<Void> sending = CompletableFuture.runAsync(this::send);

    for (int i = 1; i <= DISTURBANCES; i++) {
      disturb(i);
    }
    isOver = true; // the rest comes at once
    sending.get();

    within(PATIENCE, () -> assertThat(table.rows()).isGreaterThanOrEqualTo(RECORDS));
    System.out.printf(
        "%d disturbances, %d records, %d rows, seed %d%n",
        DISTURBANCES, RECORDS, table.rows(), SEED);
    Thread.sleep(2_000); // for what comes too late
    assertThat(table.rows()).as("seed %d", SEED).isEqualTo(RECORDS);
    assertThat(table.distinctRows()).isEqualTo(RECORDS);
    assertThat(table.disorder()).isZero();
  }

  @Test
  void withoutTheCompareRecordsAreAppliedTwice() throws Exception {
    begin(
        Tampering.QUICK_START.and(
            InjectedRules.in(scene.directory().resolve("without-compare.btm"), WITHOUT_COMPARE)));
    CompletableFuture<Void> sending = CompletableFuture.runAsync(this::send);

    int disturbances = 0;
    while (table.duplicates() == 0 && disturbances < DISTURBANCES) {
      disturb(++disturbances);
    }
    isOver = true;
    sending.get();

    System.out.printf(
        "without compare: %d disturbances, %d rows too many, seed %d%n",
        disturbances, table.duplicates(), SEED);
    assertThat(table.duplicates()).as("seed %d", SEED).isPositive();
  }

  private void begin(Tampering tampering) throws Exception {
    String topic = scene.unique();
    scene.kafka().createTopic(topic, PARTITIONS);
    table = RecordsTable.create(scene.database(), "records");
    slow();
    nodes = List.of(coordinator("n1", topic, tampering), coordinator("n2", topic, tampering));
    nodes.forEach(RunnerProcess::launch);
    nodes.forEach(RunnerProcess::awaitReady);
  }

  /**
   * So that there is always a unit in the middle of its statements. By a default and not by a
   * trigger, with which each record would have an INSERT of its own.
   */
  private void slow() throws Exception {
    table
        .database()
        .execute(
            """
            CREATE FUNCTION pause() RETURNS int LANGUAGE plpgsql AS
            'BEGIN PERFORM pg_sleep(0.001); RETURN 0; END'
            """,
            "ALTER TABLE records ADD COLUMN pause INT DEFAULT pause()");
  }

  private RunnerProcess coordinator(String name, String topic, Tampering tampering)
      throws Exception {
    return scene
        .coordinator(
            name,
            scene
                .external(name)
                .kafka(scene.kafka())
                .set("handfast.kafka.\"session.timeout.ms\"", SESSION.toMillis())
                .set("handfast.kafka.\"heartbeat.interval.ms\"", 2_000)
                .delivery(
                    "records",
                    DeliverySpec.fromKafka(topic).statement(table.insert()).consumers(2)))
        .tamperedWith(tampering);
  }

  private void send() {
    try (KafkaProducer<byte[], byte[]> producer = scene.kafka().producer()) {
      for (int id = 1; id <= RECORDS; id++) {
        byte[] body = Orders.json(id).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        producer.send(new ProducerRecord<>(scene.unique(), id % PARTITIONS, null, body));
        if (!isOver && id % RECORDS_A_SLICE == 0) {
          Thread.sleep(180); // for as long as the disturbances take
        }
      }
      producer.flush();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void disturb(int number) throws Exception {
    RunnerProcess node = nodes.get(random.nextInt(nodes.size()));
    Disturbance disturbance = Disturbance.values()[random.nextInt(Disturbance.values().length)];
    Thread.sleep(500 + random.nextInt(2_500));
    System.out.printf(
        "%d: %s %s, %d rows%n", number, nodes.indexOf(node) + 1, disturbance, table.rows());
    switch (disturbance) {
      case KILLED -> {
        node.kill9();
        Thread.sleep(random.nextInt(2_000));
        node.start();
      }
      case STANDS_STILL_FOR_LONGER_THAN_ITS_SESSION -> {
        node.process().freeze();
        Thread.sleep(SESSION.toMillis() + 1_000 + random.nextInt(4_000));
        node.process().thaw();
      }
      case STANDS_STILL_FOR_A_MOMENT -> {
        node.process().freeze();
        Thread.sleep(random.nextInt(2_000));
        node.process().thaw();
      }
    }
  }
}
