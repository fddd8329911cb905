package io.handfast.it.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Very many messages through one coordinator: its memory does not grow with their number, also
 * where the database is slower than the sender and the backlog stays with the broker.
 *
 * <p>Runs on demand: {@code -Dhandfast.soak=1000000}, the number of messages.
 */
@EnabledIfSystemProperty(named = "handfast.soak", matches = "\\d+")
class SoakIT {
  private static final int MESSAGES = Integer.getInteger("handfast.soak", 0);
  private static final int PORTION = 20_000;
  private static final int SAMPLE = 100_000;
  private static final Duration PATIENCE = Duration.ofMinutes(20);

  @RegisterExtension final Scene scene = new Scene();

  @Test
  void memoryDoesNotGrowWithTheNumberOfMessages() throws Exception {
    OrdersTable table = OrdersTable.create(scene.database(), "orders");
    Auditor auditor = scene.auditor(table);
    DeliverySpec delivery = DeliverySpec.of(scene.queue(), table);
    RunnerProcess coordinator =
        scene.coordinator("n1", scene.external("n1").delivery("orders", delivery)).start();

    List<Long> resident = new ArrayList<>();
    long started = System.nanoTime();
    for (int sent = PORTION; sent <= MESSAGES; sent += PORTION) {
      Orders portion = new Orders(sent - PORTION + 1L, sent);
      assertThat(coordinator.wire().sendLines(scene.queue(), portion.ndjson()).status())
          .isEqualTo(201);
      if (sent % SAMPLE == 0) {
        auditor.awaitRows(sent, PATIENCE);
        resident.add(residentKilobytes(coordinator));
      }
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    System.out.printf(
        "soak: %d messages in %.0f s; resident KiB after each %d: %s%n",
        MESSAGES, seconds, SAMPLE, resident);

    assertThat(table.rows()).isEqualTo(MESSAGES);
    assertThat(table.distinctRows()).isEqualTo(MESSAGES);
    // The heap takes a while to reach its size; from the middle on nothing may grow any more.
    long middle = resident.get(resident.size() / 2);
    long end = resident.get(resident.size() - 1);
    assertThat((double) end / middle).isLessThan(1.1);
  }

  private static long residentKilobytes(RunnerProcess coordinator) throws IOException {
    Path status = Path.of("/proc", String.valueOf(coordinator.process().pid()), "status");
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
