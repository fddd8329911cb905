package io.handfast.it.resilience;

import static io.handfast.it.harness.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.ChildProcess.Exit;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.InjectedRules;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Tampering;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** SIGTERM in the middle of the messages. */
class ShutdownIT {
  private static final Orders SENT = Orders.upTo(1_000);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** As an operator would who finds that it takes too long. */
  private static final Duration ASKED_AGAIN_AFTER = Duration.ofMillis(500);

  @RegisterExtension final Scene scene = new Scene();

  @Test
  void unitsInHandAreFinishedAndTheRestIsGivenBack() throws Exception {
    OrdersTable table = OrdersTable.create(scene.database(), "orders").slow(Duration.ofMillis(10));
    Auditor auditor = scene.auditor(table);
    RunnerProcess coordinator = loaded(table, 20);
    auditor.awaitRows(100, PATIENCE);

    Exit exit = coordinator.terminate();

    assertThat(exit.took()).isLessThan(Duration.ofSeconds(10));
    assertThat(exit.code()).as("exit code").isIn(0, 128 + 15);
    auditor.assertEveryMessageIsInOnePlace(SENT);
    assertThat(auditor.ledger().in("queue")).as("given back").isPositive();
    coordinator.start();
    auditor.awaitEveryMessageSettledOnce(SENT, PATIENCE);
  }

  @Test
  void secondSignalStopsAtOnceAndCostsNothing() throws Exception {
    OrdersTable table = OrdersTable.create(scene.database(), "orders").slow(Duration.ofMillis(50));
    Auditor auditor = scene.auditor(table);
    RunnerProcess coordinator = loaded(table, 100);
    eventually(() -> assertThat(table.insertsInProgress()).isPositive());

    coordinator.process().askToStop();
    Thread.sleep(ASKED_AGAIN_AFTER.toMillis());
    assertThat(coordinator.isAlive()).as("finishing the units in flight").isTrue();
    Exit exit = coordinator.terminate();

    assertThat(exit.took()).isLessThan(Duration.ofSeconds(2));
    table.fast();
    coordinator.start();
    auditor.awaitEveryMessageSettledOnce(SENT, PATIENCE);
  }

  @Test
  void aProcessWhoseHeapIsUsedUpEndsAndLosesNothing() throws Exception {
    String rule =
        """
        RULE the heap is used up
        CLASS io.handfast.delivery.StatementApplication
        METHOD apply
        AT EXIT
        IF incrementCounter("units") == 3
        DO throw new java.lang.OutOfMemoryError("injected")
        ENDRULE
        """;
    OrdersTable table = OrdersTable.create(scene.database(), "orders");
    Auditor auditor = scene.auditor(table);
    RunnerProcess coordinator = scene.coordinator("n1", scene.external("n1"));
    coordinator.tamperedWith(InjectedRules.in(coordinator.directory().resolve("heap.btm"), rule));
    coordinator.start();
    coordinator.wire().sendLines(scene.queue(), SENT.ndjson());
    coordinator.wire().putDelivery("orders", DeliverySpec.of(scene.queue(), table).batch(20));

    Exit exit = coordinator.process().awaitExit(PATIENCE);

    assertThat(exit.code()).as("as with -XX:+ExitOnOutOfMemoryError").isEqualTo(3);
    assertThat(coordinator.log().linesWith("ERROR.*out of memory: the process ends")).isNotEmpty();
    coordinator.tamperedWith(Tampering.NONE).start();
    auditor.awaitEveryMessageSettledOnce(SENT, PATIENCE);
  }

  /** Between our own first line and the moment in which Quarkus begins to heed it. */
  @Test
  void signalThatComesBeforeTheStartIsHeeded() throws Exception {
    String rule =
        """
        RULE a signal before the start
        CLASS io.quarkus.runtime.ApplicationLifecycleManager
        METHOD run(io.quarkus.runtime.Application, java.lang.Class, java.util.function.BiConsumer, java.lang.String[])
        AT ENTRY
        IF true
        DO sun.misc.Signal.raise(new sun.misc.Signal("TERM")); Thread.sleep(500L)
        ENDRULE
        """;
    RunnerProcess coordinator = scene.coordinator("n1", scene.external("n1"));
    coordinator.tamperedWith(InjectedRules.in(coordinator.directory().resolve("rule.btm"), rule));

    Exit exit = coordinator.launch().process().awaitExit(PATIENCE);

    assertThat(exit.code()).isEqualTo(128 + 15);
    assertThat(coordinator.log().text()).doesNotContain("Handfast is ready");
  }

  private RunnerProcess loaded(OrdersTable table, int batch) throws Exception {
    DeliverySpec delivery = DeliverySpec.of(scene.queue(), table).batch(batch);
    scene.artemis().address().send(scene.queue(), SENT.bodies());
    return scene.coordinator("n1", scene.external("n1").delivery("orders", delivery)).start();
  }
}
