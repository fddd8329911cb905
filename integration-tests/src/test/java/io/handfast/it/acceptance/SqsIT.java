package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.ElasticMqProcess;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Scrape;
import io.handfast.it.harness.SharedNode;
import io.handfast.it.harness.Tampering;
import io.handfast.it.harness.TurnsTable;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A queue of SQS becomes rows, each message once, in the order of its group. */
class SqsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int GROUPS = 10;
  private static final int MESSAGES = 400;

  /** In one request, to receive and to delete. */
  private static final int TOGETHER = 10;

  @RegisterExtension static final SharedNode SHARED = SharedNode.ofSqs();

  @RegisterExtension final Scene scene = new Scene();

  /** A queue, a table of the same name, and the delivery between them. */
  private record Flow(String name, String queue, TurnsTable table) {
    DeliverySpec specification() {
      return DeliverySpec.fromSqs(queue).statement(table.insert());
    }
  }

  /** One that keeps an order where the name of its queue ends as those do. */
  private static Flow flow(String queue, Map<String, String> attributes, Database database)
      throws Exception {
    SHARED.sqs().createQueue(queue, attributes);
    String name = queue.replace(".fifo", "").replace('-', '_');
    return new Flow(name, queue, TurnsTable.create(database, name, GROUPS));
  }

  /** In the coordinator that the tests share, which has it from now on. */
  private static Flow begun(Flow flow, DeliverySpec specification) {
    Answer answer = SHARED.wire().putDelivery(flow.name(), specification);
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    return flow;
  }

  private static Flow ordered(Map<String, String> attributes) throws Exception {
    return flow(SHARED.unique() + ".fifo", attributes, SHARED.database());
  }

  private static Flow unordered(Map<String, String> attributes) throws Exception {
    return flow(SHARED.unique(), attributes, SHARED.database());
  }

  private static long counted(Flow flow, String counter) {
    return SHARED.wire().delivery(flow.name()).json().at("/counters/" + counter).asLong();
  }

  private static void awaitEmpty(String queue) {
    within(PATIENCE, () -> assertThat(SHARED.sqs().messages(queue)).as(queue).isZero());
  }

  private RunnerProcess coordinator(String node, Map<Flow, DeliverySpec> deliveries)
      throws Exception {
    RunnerConfiguration configuration =
        new RunnerConfiguration()
            .set("handfast.node", node)
            .withoutBroker()
            .database(scene.database())
            .sqs(scene.sqs());
    deliveries.forEach((flow, specification) -> configuration.delivery(flow.name(), specification));
    return scene
        .coordinator(node, configuration)
        .tamperedWith(Tampering.QUICK_START.and(ElasticMqProcess.CREDENTIALS));
  }

  /** Both wait for the same leases to end. */
  @Test
  void whatAKillOrAStandstillInterruptsComesAgainAndIsRecognised() throws Exception {
    Flow standing = flow(scene.unique() + "-standing.fifo", Map.of(), scene.database());
    Flow killed = flow(scene.unique() + "-killed.fifo", Map.of(), scene.database());
    Flow repeated = flow(scene.unique() + "-repeated.fifo", Map.of(), scene.database());
    DeliverySpec alone = standing.specification().batch(20).consumers(1);
    RunnerProcess one = coordinator("n1", Map.of(standing, alone));
    RunnerProcess other =
        coordinator(
            "n2",
            Map.of(
                killed,
                killed.specification().batch(20),
                repeated,
                repeated.specification().batch(20).under("at-least-once")));
    makeInsertsWait(standing);
    one.launch();
    other.launch().awaitReady();
    one.awaitReady();

    try (Connection holding = scene.database().connect();
        Statement lock = holding.createStatement()) {
      lock.execute("SELECT pg_advisory_lock(1)");
      scene.sqs().sendToGroups(standing.queue(), Orders.upTo(MESSAGES), 1);
      awaitWaiting("advisory"); // in the middle of its unit, which has the first ones of the group
      one.process().freeze();
      scene.sqs().sendToGroups(killed.queue(), Orders.upTo(MESSAGES), GROUPS);
      scene.sqs().sendToGroups(repeated.queue(), Orders.upTo(MESSAGES), GROUPS);
      other.kill9When(() -> killed.table().rows() > 0 && repeated.table().rows() > 0);
      other.start();
      other.wire().putDelivery(standing.name(), alone);
      awaitWaiting("transactionid"); // for the ids that the other has inserted: it has them by now
      one.process().thaw();
      one.log()
          .awaitLineWith(
              "WARN .*delivery interrupted delivery=%s: the lease of a message of queue %s has ended"
                  .formatted(standing.name(), standing.queue()));
    }
    scene.sqs().sendToGroups(standing.queue(), new Orders(MESSAGES + 1, MESSAGES + 100), 1);

    assertThatEachIsApplied(standing, MESSAGES + 100);
    assertThatEachIsApplied(killed, MESSAGES);
    assertThatEachIsApplied(repeated, MESSAGES);
    assertThat(standing.table().rows()).isEqualTo(MESSAGES + 100);
    assertThat(standing.table().disorder()).isZero();
    assertThat(killed.table().rows()).isEqualTo(MESSAGES);
    assertThat(killed.table().disorder()).isZero();
  }

  private static void assertThatEachIsApplied(Flow flow, long messages) {
    within(PATIENCE, () -> assertThat(flow.table().distinctRows()).isEqualTo(messages));
    awaitEmpty(flow.queue());
  }

  /** Each insert waits while the test holds a lock. */
  private static void makeInsertsWait(Flow flow) throws Exception {
    flow.table()
        .database()
        .execute(
            """
            CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NEW; END'
            """,
            "CREATE TRIGGER wait BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION wait()"
                .formatted(flow.name()));
  }

  /** Waits until a transaction waits for a lock of that kind. */
  private void awaitWaiting(String lock) throws Exception {
    String waiting =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = '%s'"
            .formatted(lock);
    within(PATIENCE, () -> assertThat(scene.database().number(waiting)).isEqualTo(1));
  }

  @Test
  void aMessageThatCannotBeAppliedIsADeadLetterAndThoseBehindItFollow() throws Exception {
    Flow flow = ordered(Map.of());
    begun(flow, flow.specification().retry(3, "PT1S"));

    for (int id = 1; id <= 30; id++) {
      String body = id == 12 ? Orders.json(id, -1) : id == 13 ? "not JSON" : Orders.json(id);
      SHARED.sqs().send(flow.queue(), "g" + id % GROUPS, "m" + id, body);
    }

    within(PATIENCE, () -> assertThat(flow.table().rows()).isEqualTo(28));
    assertThat(flow.table().disorder()).isZero();
    awaitEmpty(flow.queue());
    within(PATIENCE, () -> assertThat(counted(flow, "deadLettered")).isEqualTo(2));
    String letters = "/v1/dead-letters/database/" + flow.name();
    assertThat(SHARED.wire().get(letters).json().at("/total").asLong()).isEqualTo(2);
    SHARED
        .database()
        .execute("ALTER TABLE %1$s DROP CONSTRAINT %1$s_qty_check".formatted(flow.name()));

    Answer replayed = SHARED.wire().call("POST", letters + "/replay", "application/json", "");

    assertThat(replayed.json().at("/replayed").asLong()).as(replayed.text()).isEqualTo(1);
    assertThat(flow.table().rows()).isEqualTo(29);
  }

  @Test
  void aMessageThatTheQueueMovesItselfIsItsDeadLetterWhichIsWarnedOf() throws Exception {
    String dead = SHARED.unique() + "-dead.fifo";
    SHARED.sqs().createQueue(dead, Map.of());
    Flow flow = ordered(Map.of("RedrivePolicy", ElasticMqProcess.redrive(dead, 2)));
    begun(flow, flow.specification().retry(5, "PT1S"));
    within(PATIENCE, () -> assertWarned(flow, "is 2", "tried 5 times", "moves them to " + dead));

    SHARED.sqs().send(flow.queue(), "g1", "m1", Orders.json(1, -1));
    // In another group: behind the first one it may be received, and moved, with it.
    SHARED.sqs().send(flow.queue(), "g2", "m2", Orders.json(2));

    within(PATIENCE, () -> assertThat(SHARED.sqs().messages(dead)).isEqualTo(1));
    within(PATIENCE, () -> assertThat(flow.table().rows()).isEqualTo(1));
    awaitEmpty(flow.queue());
    assertThat(counted(flow, "deadLettered")).isZero();
  }

  private static void assertWarned(Flow flow, String... words) {
    JsonNode checks = SHARED.wire().get("/v1/checks").json();
    assertThat(StreamSupport.stream(checks.spliterator(), false))
        .filteredOn(check -> check.path("name").asText().equals("queue-receives"))
        .singleElement()
        .satisfies(
            check -> {
              assertThat(check.path("state").asText()).isEqualTo("warning");
              assertThat(check.path("findings").path(0).path("problem").asText())
                  .contains(flow.name())
                  .contains(words);
            });
  }

  /** After the five minutes in which the queue itself drops what a sender repeats. */
  @Test
  void whatASenderRepeatsLaterIsOneRowWhereTheKeyIsItsIdOrItsContent() throws Exception {
    Flow flow = ordered(Map.of());
    begun(flow, flow.specification().key("deduplication-id"));
    Flow equal =
        flow(
            SHARED.unique() + "-equal.fifo",
            Map.of("ContentBasedDeduplication", "true"),
            SHARED.database());
    begun(equal, equal.specification().key("content"));
    SHARED.sqs().send(flow.queue(), "g1", "m1", Orders.json(1));
    SHARED.sqs().send(equal.queue(), "g1", Orders.json(1));
    within(PATIENCE, () -> assertThat(flow.table().rows()).isEqualTo(1));
    within(PATIENCE, () -> assertThat(equal.table().rows()).isEqualTo(1));
    awaitEmpty(flow.queue());
    awaitEmpty(equal.queue());

    SHARED.sqs().forgetDeduplicationIds();
    SHARED.sqs().send(flow.queue(), "g1", "m1", Orders.json(1));
    SHARED.sqs().send(flow.queue(), "g1", "m2", Orders.json(2));
    SHARED.sqs().send(equal.queue(), "g1", Orders.json(1));
    SHARED.sqs().send(equal.queue(), "g1", Orders.json(2));

    for (Flow each : new Flow[] {flow, equal}) {
      within(PATIENCE, () -> assertThat(counted(each, "duplicatesDropped")).isEqualTo(1));
      within(PATIENCE, () -> assertThat(each.table().distinctRows()).isEqualTo(2));
      awaitEmpty(each.queue());
      assertThat(each.table().rows()).isEqualTo(2);
    }
  }

  @Test
  void aServerThatIsAwayIsSaidOnceAndUsesNoAttempt() throws Exception {
    Flow flow = ordered(Map.of());
    begun(flow, flow.specification().retry(1, "PT0S"));
    SHARED.sqs().sendToGroups(flow.queue(), Orders.upTo(20), GROUPS);
    within(PATIENCE, () -> assertThat(flow.table().rows()).isEqualTo(20));

    SHARED.sqs().kill9();
    within(
        PATIENCE,
        () ->
            assertThat(SHARED.wire().delivery(flow.name()).json().at("/state").asText())
                .isEqualTo("retrying"));
    SHARED.sqs().start();
    SHARED.sqs().sendToGroups(flow.queue(), new Orders(21, 40), GROUPS);

    within(PATIENCE, () -> assertThat(flow.table().distinctRows()).isEqualTo(40));
    assertThat(flow.table().rows()).isEqualTo(40);
    assertThat(counted(flow, "deadLettered")).isZero();
    assertThat(SHARED.node().log().linesWith("interrupted delivery=" + flow.name() + ":"))
        .singleElement()
        .asString()
        .contains("SQS at " + SHARED.sqs().address());
  }

  @Test
  void aQueueWithoutAnOrderIsAppliedToo() throws Exception {
    Flow flow = unordered(Map.of());
    begun(flow, flow.specification().retry(2, "PT1S"));

    SHARED.sqs().sendAll(flow.queue(), Orders.upTo(20));
    SHARED.sqs().send(flow.queue(), Orders.json(21, -1));

    within(PATIENCE, () -> assertThat(flow.table().rows()).isEqualTo(20));
    within(PATIENCE, () -> assertThat(counted(flow, "deadLettered")).isEqualTo(1));
    awaitEmpty(flow.queue());
  }

  /** SQS bills requests. Only an empty queue has receives with less: one in 20 seconds. */
  @Test
  void messagesThatWaitAreReceivedAndDeletedTenInARequest() throws Exception {
    Flow flow = unordered(Map.of());
    int messages = 200;
    SHARED.sqs().sendAll(flow.queue(), Orders.upTo(messages));
    double receives = requests("receive");
    double deletions = requests("delete");

    begun(flow, flow.specification().batch(50).consumers(1));
    awaitEmpty(flow.queue());

    assertThat(flow.table().rows()).isEqualTo(messages);
    assertThat(requests("delete") - deletions).isEqualTo(messages / TOGETHER);
    double empty = 1 + PATIENCE.toSeconds() / 20;
    assertThat(requests("receive") - receives)
        .isBetween(messages / TOGETHER + 0.0, messages / TOGETHER + empty);
  }

  private static double requests(String kind) {
    return new Scrape(SHARED.wire().get("/q/metrics").text())
        .value("handfast_sqs_requests_total", "kind=\"%s\"".formatted(kind));
  }

  @Test
  void whatSqsCannotDoIsRefusedWithTheReason() throws Exception {
    Flow flow = ordered(Map.of("ContentBasedDeduplication", "true"));

    Answer prepared =
        SHARED.wire().putDelivery("a", flow.specification().under("two-phase-commit"));
    Answer unknown =
        SHARED
            .wire()
            .putDelivery("a", DeliverySpec.fromSqs("none").statement(flow.table().insert()));
    Answer equal = SHARED.wire().putDelivery("a", flow.specification().key("deduplication-id"));

    assertThat(prepared.status()).as(prepared.text()).isEqualTo(400);
    assertThat(unknown.status()).as(unknown.text()).isEqualTo(400);
    assertThat(unknown.text()).contains("source.sqs.queue").contains("none of this name");
    assertThat(equal.status()).as(equal.text()).isEqualTo(400);
    assertThat(equal.text()).contains("two equal bodies may be two events");
    begun(flow, flow.specification());
  }
}
