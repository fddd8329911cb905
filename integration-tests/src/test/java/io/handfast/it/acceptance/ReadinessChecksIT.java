package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Broker;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RecordsTable;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a broker and a database are set to is checked, logged once, and shown. */
class ReadinessChecksIT {
  private static final String ATTEMPTS = "WARN .*check=broker-delivery-attempts .* is 10 for ";
  private static final String PREPARED = "WARN .*check=prepared-transactions .* is 6 at database";

  @RegisterExtension final Scene scene = new Scene();

  @Test
  void findingsAreLoggedOnceAndAgainWhenTheyChange() throws Exception {
    Broker broker = scene.artemis().address();
    String first = scene.queue() + ".first";
    String second = scene.queue() + ".second";
    broker.setRules(scene.queue() + ".#", "{\"maxDeliveryAttempts\": 10}");
    Database database = scene.postgresWithMaxPreparedTransactions(6).createDatabase("checked");
    OrdersTable table = OrdersTable.create(database, "orders");
    RunnerProcess coordinator =
        coordinator(
            broker,
            database,
            new RunnerConfiguration()
                .set("handfast.transactions.limit", 3)
                .delivery("first", DeliverySpec.of(first, table).consumers(2))
                .delivery("second", DeliverySpec.of(second, table).consumers(3)));

    eventually(
        () -> {
          Map<String, JsonNode> checks = checks(coordinator);
          assertThat(checks).hasSize(34);
          assertFinding(
              checks.get("broker-delivery-attempts"),
              "max-delivery-attempts",
              "is 10 for queue '" + first + "'",
              "-1");
          assertThat(checks.get("broker-delivery-attempts").path("findings")).hasSize(2);
          assertFinding(
              checks.get("prepared-transactions"),
              "max_prepared_transactions",
              "may have 8 prepared at once: 5 consumers",
              "max_prepared_transactions = 8");
          assertPassed(checks, "postgresql-durability", "database-connections", "broker-version");
          assertThat(checks.get("broker-version").path("at").asText()).startsWith("20");
        });
    assertThat(coordinator.log().linesWith(ATTEMPTS)).hasSize(2);
    assertThat(coordinator.log().linesWith(PREPARED + ".* may have 8 ")).hasSize(1);

    coordinator.wire().pause("first");
    coordinator.wire().resume("first");
    coordinator
        .wire()
        .putDelivery("third", DeliverySpec.of(scene.queue() + ".third", table).consumers(4));
    eventually(
        () -> assertThat(coordinator.log().linesWith(PREPARED + ".* may have 12 ")).hasSize(1));
    assertThat(coordinator.log().linesWith(PREPARED)).hasSize(2);
    assertThat(coordinator.log().linesWith(ATTEMPTS)).hasSize(3);

    coordinator.wire().deleteDelivery("third");
    coordinator
        .wire()
        .putDelivery("fourth", DeliverySpec.of(scene.queue() + ".fourth", table).consumers(7));
    eventually(() -> assertThat(coordinator.log().linesWith(PREPARED)).hasSize(3));
    assertThat(coordinator.wire().delivery("fourth").status()).isEqualTo(404);
  }

  @Test
  void databaseThatMayLoseCommitsIsRefusedUnlessTheRiskIsAccepted() throws Exception {
    Database database = scene.database();
    OrdersTable table = OrdersTable.create(database, "orders");
    database.execute(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off',"
            + " current_database()); END $$");
    DeliverySpec weak = DeliverySpec.of(scene.queue(), table).under("idempotency");

    RunnerProcess careful =
        coordinator(scene.artemis().address(), database, new RunnerConfiguration());
    Answer refused = careful.wire().putDelivery("weak", weak);
    assertThat(refused.status()).as(refused.text()).isEqualTo(400);
    assertThat(refused.text()).contains("synchronous_commit: is off at database");
    assertThat(careful.wire().putDelivery("strong", weak.under("two-phase-commit")).status())
        .isEqualTo(201);
    careful.terminate();

    RunnerProcess accepting =
        coordinator(
            scene.artemis().address(),
            database,
            new RunnerConfiguration().set("handfast.accepted-risks", "postgresql-durability"));
    Answer accepted = accepting.wire().putDelivery("weak", weak.under("idempotency"));
    assertThat(accepted.status()).as(accepted.text()).isEqualTo(201);
    eventually(
        () ->
            assertFinding(
                checks(accepting).get("postgresql-durability"),
                "synchronous_commit",
                "accepted by handfast.accepted-risks",
                "synchronous_commit = on"));
  }

  @Test
  void topicsAreCheckedWithTheGroupsThatReadThem() throws Exception {
    String topic = scene.unique();
    scene.kafka().createTopic(topic, 2);
    RecordsTable table = RecordsTable.create(scene.database(), "records");
    RunnerProcess coordinator =
        scene
            .coordinator(
                "n1",
                scene
                    .external("n1")
                    .kafka(scene.kafka())
                    .set("handfast.kafka.\"max.poll.interval.ms\"", 59_000))
            .start();
    assertThat(checks(coordinator).get("topic-rights").path("reason").asText())
        .isEqualTo("no delivery takes from a topic of Kafka");
    DeliverySpec records = DeliverySpec.fromKafka(topic).statement(table.insert()).consumers(3);
    coordinator.wire().putDelivery("records", records);

    eventually(
        () -> {
          Map<String, JsonNode> checks = checks(coordinator);
          assertPassed(checks, "topic-rights", "topic-foreign-members", "dead-letter-table");
          assertFinding(
              checks.get("topic-idle-consumers"), "consumers", "has 2: 1 of them", "at most");
          assertFinding(
              checks.get("topic-poll-interval"), "max.poll.interval.ms", "is 59000", "remove it");
        });
    assertThat(coordinator.log().linesWith("WARN .*check=topic-idle-consumers")).hasSize(1);
  }

  @Test
  void userWhoMayNotManageIsToldOnceWhatIsNotChecked() throws Exception {
    RunnerProcess coordinator =
        coordinator(
            scene.artemis().addressWithoutManagement(),
            scene.database(),
            new RunnerConfiguration());

    String told = "INFO .*checks not made participant=broker: .*permission 'manage'";
    eventually(
        () -> {
          JsonNode check = checks(coordinator).get("broker-delivery-attempts");
          assertThat(check.path("state").asText()).isEqualTo("not-checked");
          assertThat(check.path("reason").asText()).contains("activemq.management");
          assertThat(check.has("at")).isFalse();
          assertThat(coordinator.log().linesWith(told)).hasSize(1);
        });
    DeliverySpec pull = DeliverySpec.fromQueue(scene.queue()).pull();
    coordinator.wire().putDelivery("pull", pull);
    coordinator.wire().deleteDelivery("pull");
    Thread.sleep(2_000);
    assertThat(coordinator.log().linesWith(told)).hasSize(1);
  }

  private RunnerProcess coordinator(
      Broker broker, Database database, RunnerConfiguration configuration) {
    return scene
        .coordinator(
            "n1", configuration.set("handfast.node", "n1").broker(broker).database(database))
        .start();
  }

  private static Map<String, JsonNode> checks(RunnerProcess coordinator) {
    Map<String, JsonNode> checks = new HashMap<>();
    coordinator
        .wire()
        .get("/v1/checks")
        .json()
        .forEach(check -> checks.put(check.path("name").asText(), check));
    return checks;
  }

  private static void assertFinding(JsonNode check, String key, String problem, String remedy) {
    assertThat(check.path("state").asText()).as(check.toString()).isEqualTo("warning");
    JsonNode finding = check.path("findings").path(0);
    assertThat(finding.path("key").asText()).contains(key);
    assertThat(finding.path("problem").asText()).contains(problem);
    assertThat(finding.path("remedy").asText()).contains(remedy);
  }

  private static void assertPassed(Map<String, JsonNode> checks, String... names) {
    for (String name : names) {
      assertThat(checks.get(name).path("state").asText()).as(name).isEqualTo("passed");
    }
  }
}
