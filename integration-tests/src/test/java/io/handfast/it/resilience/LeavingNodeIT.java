package io.handfast.it.resilience;

import static io.handfast.it.harness.Eventually.eventually;
import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.TcpProxy;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A coordinator leaves for good: its directory is not needed once it says so. */
class LeavingNodeIT {
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
