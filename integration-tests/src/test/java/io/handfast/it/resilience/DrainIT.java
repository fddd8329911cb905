package io.handfast.it.resilience;

import static io.handfast.it.harness.Eventually.eventually;
import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.HandlerServer;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.Problems;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.TcpProxy;
import io.handfast.it.harness.Wire;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A coordinator leaves for good: it says when nobody needs its directory, and then nobody does. */
class DrainIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @RegisterExtension final Scene scene = new Scene();

  private OrdersTable table;
  private Auditor auditor;

  @BeforeEach
  void arrange() throws Exception {
    table = OrdersTable.create(scene.database(), "orders");
    auditor = scene.auditor(table);
  }

  private RunnerConfiguration quick(String node) throws Exception {
    return scene.external(node).set("handfast.recovery.interval", "PT1S");
  }

  @Test
  void oneLeavesWhileTheOtherTakesOverAndItsDirectoryIsNotMissed() throws Exception {
    Orders first = Orders.upTo(1_500);
    Orders second = new Orders(1_501, 2_000);
    table.slow(Duration.ofMillis(1));
    DeliverySpec delivery = DeliverySpec.of(scene.queue(), table).batch(5).consumers(2);
    RunnerProcess leaves = scene.coordinator("n1", quick("n1").delivery("orders", delivery));
    RunnerProcess stays = scene.coordinator("n2", quick("n2").delivery("orders", delivery));
    leaves.launch();
    stays.launch();
    leaves.awaitReady();
    stays.awaitReady();
    // A node whose consumers come later finds all messages in the buffers of the other.
    eventually(() -> assertThat(consumersOfTheQueue(stays)).isEqualTo(4));
    scene.artemis().address().send(scene.queue(), first.bodies());
    auditor.awaitRows(200, PATIENCE);
    eventually(() -> assertThat(committed(leaves)).isPositive());

    assertThat(leaves.wire().beginDrain().json().path("state").asText()).isEqualTo("draining");
    JsonNode drained = awaitDrained(leaves);

    assertThat(drained.path("volumeMayBeDeleted").asBoolean()).isTrue();
    assertThat(auditor.prepared()).noneMatch(id -> id.contains(" n1."));
    long taken = committed(leaves);
    scene.artemis().address().send(scene.queue(), second.bodies());
    auditor.awaitRows(1_600, PATIENCE);
    assertThat(committed(leaves)).as("taken by who has left").isEqualTo(taken);
    leaves.terminate();
    leaves.loseData();
    auditor.awaitEveryMessageSettledOnce(new Orders(1, second.last()), PATIENCE);
    assertThat(auditor.ledger().in("table")).isEqualTo(second.last());
  }

  private long consumersOfTheQueue(RunnerProcess node) {
    return node.wire().get("/v1/queues/" + scene.queue()).json().path("consumers").asLong();
  }

  private static long committed(RunnerProcess node) {
    return node.wire().delivery("orders").json().at("/counters/committed").asLong();
  }

  @Test
  void aDatabaseThatIsCutOffIsNamedAndWaitedForAlsoAfterAKill() throws Exception {
    Orders sent = Orders.upTo(1_000);
    table.slow(Duration.ofMillis(2));
    TcpProxy toDatabase =
        scene.closing(
            new TcpProxy(URI.create(scene.database().url().substring("jdbc:".length())).getPort()));
    RunnerProcess node =
        scene.coordinator(
            "n1",
            quick("n1")
                .database(scene.database().through(toDatabase))
                .delivery("orders", DeliverySpec.of(scene.queue(), table).batch(5)));
    node.start();
    scene.artemis().address().send(scene.queue(), sent.bodies());
    auditor.awaitRows(100, PATIENCE);
    node.freezeWhen(() -> auditor.seesDecidedInTheDatabase(node));
    toDatabase.refuse();
    node.process().thaw();

    node.wire().beginDrain();

    eventually(() -> assertDrainingForWantOfTheDatabase(node));
    node.kill9();
    node.start();
    eventually(() -> assertDrainingForWantOfTheDatabase(node));
    Thread.sleep(2_000); // twice what it waits for where all is well
    assertDrainingForWantOfTheDatabase(node);
    assertThat(node.wire().delivery("orders").json().path("state").asText()).isEqualTo("paused");

    toDatabase.heal();

    assertThat(awaitDrained(node).path("volumeMayBeDeleted").asBoolean()).isTrue();
    assertThat(node.log().linesWith("branch recovered .*participant=database.*commit"))
        .isNotEmpty();
    auditor.assertEveryMessageIsInOnePlace(sent);
    assertThat(auditor.ledger().in("queue")).as("handed back").isPositive();
  }

  private static void assertDrainingForWantOfTheDatabase(RunnerProcess node) {
    JsonNode drain = node.wire().drain().json();
    assertThat(drain.path("state").asText()).isEqualTo("draining");
    assertThat(drain.path("volumeMayBeDeleted").asBoolean()).isFalse();
    assertThat(drain.path("reason").asText()).contains("database cannot be asked");
    assertThat(drain.at("/outstanding/units")).isEmpty();
    assertThat(drain.at("/outstanding/unreachable").findValuesAsText("participant"))
        .containsExactly("database");
    assertThat(drain.at("/outstanding/decisions").toString()).contains("\"database\"");
  }

  @Test
  void whatClientsHaveOpenIsSettledAndNothingElseBegins() throws Exception {
    RunnerProcess node =
        scene.coordinator("n1", quick("n1").set("handfast.client-sql", true)).start();
    Wire wire = node.wire();
    wire.putDelivery("pulled", DeliverySpec.fromQueue("pulled." + scene.unique()).pull());
    wire.putDelivery("orders", DeliverySpec.of(scene.queue(), table));
    wire.sendJson("pulled." + scene.unique(), Orders.json(1));
    String pull = "wait=PT5S&lease=PT1M&transaction=held";
    JsonNode messages = wire.receive("pulled", pull).json().path("messages");
    assertThat(messages).hasSize(1);
    assertThat(wire.begin("open", "PT1M").status()).isEqualTo(201);
    assertThat(wire.begin("forgotten", "PT2S").status()).isEqualTo(201);

    JsonNode draining = wire.beginDrain().json();

    assertThat(draining.at("/outstanding/transactions").findValuesAsText("transaction"))
        .containsExactlyInAnyOrder("held", "open", "forgotten");
    for (Answer refused :
        new Answer[] {
          wire.begin("late", "PT1M"),
          wire.begin(),
          wire.receive("pulled", "transaction=late"),
          wire.receive("pulled", ""),
          wire.resume("orders"),
          wire.putDelivery("late", DeliverySpec.of(scene.queue(), table)),
          wire.startComparison("{}")
        }) {
      Problems.assertProblem(refused, 503);
      assertThat(refused.problem()).isEqualTo("draining");
      assertThat(refused.json().path("retry").asText()).isEqualTo("later");
      assertThat(refused.json().path("detail").asText()).contains("another coordinator", "DELETE");
    }
    eventually(() -> assertThat(units(wire)).containsExactly("pulled"));
    assertThat(wire.endDrain().json().path("state").asText())
        .as("waits for nobody")
        .isEqualTo("none");
    assertThat(wire.delivery("pulled").json().path("state").asText()).isEqualTo("running");
    wire.beginDrain();
    eventually(() -> assertThat(units(wire)).containsExactly("pulled"));
    wire.sendJson(scene.queue(), Orders.json(7));
    assertThat(wire.begin("open", "PT1M").status()).as("begun before").isEqualTo(200);
    assertThat(wire.receive("pulled", pull).json().path("messages")).isEqualTo(messages);
    for (String open : new String[] {"open", "held"}) {
      String insert =
          "INSERT INTO orders(id, item) VALUES (%d, '%s')".formatted(open.length(), open);
      assertThat(wire.run(open, "{\"sql\":\"%s\"}".formatted(insert)).status()).isEqualTo(200);
      assertThat(wire.drain().json().path("state").asText()).isEqualTo("draining");
      assertThat(wire.commit(open).status()).isEqualTo(200);
    }
    awaitDrained(node);
    assertThat(wire.transaction("forgotten").json().path("status").asText())
        .isEqualTo("rolled-back");
    assertThat(table.rows()).isEqualTo(2);

    assertThat(wire.pause("pulled").status()).isEqualTo(200);

    assertThat(wire.endDrain().json().path("state").asText()).isEqualTo("none");

    auditor.awaitRows(3, PATIENCE);
    assertThat(wire.begin("late", "PT1M").status()).isEqualTo(201);
    assertThat(wire.receive("pulled", "").problem()).isEqualTo("delivery-not-running");
    assertThat(wire.resume("pulled").status()).isEqualTo(200);
    assertThat(wire.receive("pulled", "").status()).isEqualTo(204);
  }

  private static List<String> units(Wire wire) {
    return wire.drain().json().at("/outstanding/units").findValuesAsText("delivery");
  }

  @Test
  void aUnitThatTakesTooLongIsHandedBackAndDoneOnceAfterwards() throws Exception {
    CountDownLatch hangs = new CountDownLatch(1);
    HandlerServer handler = scene.closing(new HandlerServer());
    handler.answers(
        call -> {
          hangs.await(20, TimeUnit.SECONDS);
          return new HandlerServer.Reply(200, "");
        });
    DeliverySpec delivery =
        DeliverySpec.of(scene.queue(), table).handler(handler.url(), "PT20S").consumers(1);
    RunnerConfiguration configuration =
        quick("n1").set("handfast.shutdown-timeout", "PT1S").delivery("orders", delivery);
    RunnerProcess node = scene.coordinator("n1", configuration).start();
    node.wire().sendJson(scene.queue(), Orders.json(1));
    eventually(() -> assertThat(handler.bodies()).hasSize(1));

    node.wire().beginDrain();
    assertThat(node.wire().endDrain().json().path("state").asText())
        .as("waits for nobody")
        .isEqualTo("none");
    JsonNode draining = node.wire().beginDrain().json();

    assertThat(draining.at("/outstanding/units/0/delivery").asText()).isEqualTo("orders");
    assertThat(draining.at("/outstanding/units/0/inHand").asInt()).isEqualTo(1);
    eventually(() -> assertThat(auditor.ledger().in("queue")).isEqualTo(1));
    assertThat(node.wire().drain().json().path("state").asText()).isEqualTo("draining");
    hangs.countDown();
    awaitDrained(node);
    auditor.assertEveryMessageIsInOnePlace(Orders.upTo(1));
    assertThat(table.rows()).isZero();

    node.wire().endDrain();

    auditor.awaitEveryMessageSettledOnce(Orders.upTo(1), PATIENCE);
    assertThat(table.rows()).isEqualTo(1);
    assertThat(handler.bodies()).hasSize(2);
  }

  private static JsonNode awaitDrained(RunnerProcess node) {
    within(
        PATIENCE,
        () -> {
          JsonNode drain = node.wire().drain().json();
          assertThat(drain.path("state").asText()).as(drain.toString()).isEqualTo("drained");
        });
    return node.wire().drain().json();
  }
}
