package io.handfast.it.resilience.torture;

import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.ElasticMqProcess;
import io.handfast.it.harness.InjectedRules;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Tampering;
import io.handfast.it.harness.TurnsTable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two coordinators apply a queue of SQS to a table, each message once and in the order of its
 * group, while one stands still for longer than its leases with rows whose messages it has not
 * deleted, both are killed, and so is the queue's server.
 *
 * <p>Until {@code -Dsqs.kills=1000}, and again what {@code -Dsqs.seed} did.
 */
class SqsKillsIT {
  private static final int KILLS = Integer.getInteger("sqs.kills", 8);
  private static final int MESSAGES = Integer.getInteger("sqs.messages", 3_000);
  private static final long SEED = Long.getLong("sqs.seed", System.nanoTime());
  private static final int GROUPS = 20;
  private static final String QUEUE = "orders.fifo";

  /** Before the first kill; each kill has an equal part of the others. */
  private static final int BEFORE_KILLS = MESSAGES / 3;

  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private static final String WITHOUT_INBOX =
      """
      RULE without inbox
      CLASS io.handfast.database.JdbcInbox
      METHOD record
      AT EXIT
      IF true
      DO return java.util.Collections.emptySet()
      ENDRULE
      """;

  @RegisterExtension final Scene scene = new Scene();

  private final Random random = new Random(SEED);
  private ElasticMqProcess sqs;
  private TurnsTable table;
  private List<RunnerProcess> nodes;
  private long skipped;

  @Test
  void eachMessageIsOneRowInItsOrderWhateverBecomesOfTheCoordinatorsAndTheQueue() throws Exception {
    begin(Tampering.QUICK_START);

    long copies = standStill();
    assertThat(skippedBy(nodes.get(1))).as("copies skipped").isEqualTo(copies);
    kill();

    awaitTheEnd();
    for (RunnerProcess node : nodes) {
      skipped += skippedBy(node);
    }
    System.out.printf(
        "%d kills, %d messages, %d rows, %d copies of one that stood still, %d skipped at least, seed %d%n",
        KILLS, MESSAGES, table.rows(), copies, skipped, SEED);
    assertThat(table.rows()).as("seed %d", SEED).isEqualTo(MESSAGES);
    assertThat(table.disorder()).isZero();
  }

  @Test
  void withoutTheInboxMessagesAreAppliedTwice() throws Exception {
    begin(
        Tampering.QUICK_START.and(
            InjectedRules.in(scene.directory().resolve("without-inbox.btm"), WITHOUT_INBOX)));

    standStill();
    kill();

    awaitTheEnd();
    long duplicates = table.rows() - table.distinctRows();
    System.out.printf(
        "without inbox: %d kills, %d rows too many, seed %d%n", KILLS, duplicates, SEED);
    assertThat(duplicates).as("seed %d", SEED).isPositive();
  }

  private void begin(Tampering tampering) throws Exception {
    sqs = scene.closing(new ElasticMqProcess("elasticmq-kills")).start();
    sqs.createQueue(QUEUE, Map.of());
    table = TurnsTable.create(scene.database(), "orders", GROUPS);
    slow();
    nodes = List.of(coordinator("n1", tampering), coordinator("n2", tampering));
    sqs.sendToGroups(QUEUE, Orders.upTo(BEFORE_KILLS), GROUPS);
  }

  /** So that there is always a unit in the middle of its statements. */
  private void slow() throws Exception {
    table
        .database()
        .execute(
            """
            CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN PERFORM pg_sleep(0.03); RETURN NEW; END'
            """,
            "CREATE TRIGGER pause BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION pause()");
  }

  private RunnerProcess coordinator(String name, Tampering tampering) throws Exception {
    return scene
        .coordinator(
            name,
            scene
                .external(name)
                .sqs(sqs)
                .delivery(
                    "orders",
                    DeliverySpec.fromSqs(QUEUE).statement(table.insert()).batch(50).consumers(2)))
        .tamperedWith(tampering.and(ElasticMqProcess.CREDENTIALS));
  }

  /**
   * The first node stands still until the other has been handed what the first one has applied and
   * not deleted; returns how much that is.
   */
  private long standStill() throws Exception {
    RunnerProcess first = nodes.get(0).start();
    within(PATIENCE, () -> assertThat(table.rows()).isPositive());
    long copies = freezeBetweenRowsAndDeletion(List.of(first), BEFORE_KILLS);
    assertThat(copies).as("rows whose messages are not deleted").isPositive();
    RunnerProcess other = nodes.get(1).start();
    within(
        PATIENCE,
        () ->
            assertThat(skippedBy(other) + table.rows() - table.distinctRows())
                .as("copies that came again")
                .isGreaterThanOrEqualTo(copies));
    first.process().thaw();
    return copies;
  }

  /** Each kill in the middle of its messages; every other one where rows are not deleted yet. */
  private void kill() throws Exception {
    long sent = BEFORE_KILLS;
    for (int i = 1; i <= KILLS; i++) {
      long last = BEFORE_KILLS + (long) (MESSAGES - BEFORE_KILLS) * i / KILLS;
      sqs.sendToGroups(QUEUE, new Orders(sent + 1, last), GROUPS);
      sent = last;
      awaitProgress();
      Thread.sleep(random.nextInt(1_000));
      if (i == KILLS / 2) {
        sqs.kill9();
        Thread.sleep(random.nextInt(2_000));
        sqs.start();
      }
      RunnerProcess node = nodes.get(random.nextInt(nodes.size()));
      RunnerProcess other = nodes.get(1 - nodes.indexOf(node));
      skipped += skippedBy(node);
      long copies = i % 2 == 0 ? freezeBetweenRowsAndDeletion(nodes, sent) : 0;
      System.out.printf(
          "%d: node %d, %d rows, %d not in order, %d messages left, %d of them applied%n",
          i, nodes.indexOf(node) + 1, table.rows(), table.disorder(), sqs.messages(QUEUE), copies);
      assertThat(sqs.messages(QUEUE)).as("messages left before kill %d", i).isPositive();
      node.kill9();
      other.process().thaw();
      node.start();
    }
  }

  /**
   * What a killed node had comes again when its leases end, and what is behind it in its groups.
   */
  private void awaitProgress() throws Exception {
    long rows = table.rows();
    within(PATIENCE, () -> assertThat(table.rows()).isGreaterThan(rows));
  }

  /**
   * Stops nodes where rows are there whose messages are not deleted; returns how many. Looked at
   * twice, since a request may be on its way.
   */
  private long freezeBetweenRowsAndDeletion(List<RunnerProcess> which, long sent) throws Exception {
    Instant end = Instant.now().plus(PATIENCE);
    which.forEach(node -> node.process().freeze());
    long copies = copies(sent);
    while (copies <= 0 || copies != copies(sent)) {
      assertThat(sqs.messages(QUEUE)).as("messages left").isPositive();
      assertThat(Instant.now()).as("no such moment").isBefore(end);
      which.forEach(node -> node.process().thaw());
      Thread.sleep(random.nextInt(15));
      which.forEach(node -> node.process().freeze());
      copies = copies(sent);
    }
    return copies;
  }

  private long copies(long sent) throws Exception {
    return table.distinctRows() - (sent - sqs.messages(QUEUE));
  }

  private long skippedBy(RunnerProcess node) {
    return node.wire().delivery("orders").json().at("/counters/duplicatesDropped").asLong();
  }

  private void awaitTheEnd() {
    within(PATIENCE, () -> assertThat(table.distinctRows()).isEqualTo(MESSAGES));
    within(PATIENCE, () -> assertThat(sqs.messages(QUEUE)).isZero());
  }
}
