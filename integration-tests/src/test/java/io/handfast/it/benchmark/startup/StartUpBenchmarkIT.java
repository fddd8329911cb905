package io.handfast.it.benchmark.startup;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Database;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Eventually;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.ProcessTree;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Tampering;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * From the creation of the process to "ready", and how much memory it has idle and under load.
 *
 * <p>Played by {@code mvn verify -Pstart-up} alone, which writes {@code
 * docs/benchmarks/start-up.md}.
 */
@EnabledIfSystemProperty(named = "start-up.page", matches = ".+")
class StartUpBenchmarkIT {
  private static final int ROUNDS = Integer.getInteger("start-up.rounds", 7);
  private static final int MESSAGES = Integer.getInteger("start-up.messages", 100_000);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long IDLE_MILLIS = 5_000;

  @RegisterExtension final Scene scene = new Scene();

  /** How a coordinator is started. */
  private static Map<String, Tampering> ways() {
    Map<String, Tampering> ways = new LinkedHashMap<>();
    if (RunnerProcess.isJar()) {
      ways.put("a Java virtual machine", Tampering.NONE);
      ways.put("with an archive of its classes", RunnerProcess.withClassArchive());
      ways.put(
          "with the archive and the first compiler alone",
          RunnerProcess.withClassArchive().and(Tampering.QUICK_START));
    } else {
      ways.put("native", Tampering.NONE);
    }
    return ways;
  }

  @Test
  void whatAStartTakes() throws Exception {
    Map<String, Tampering> ways = ways();
    Map<String, List<Measured>> found = new LinkedHashMap<>();
    int number = 0;
    for (int round = 0; round < ROUNDS; round++) {
      for (Map.Entry<String, Tampering> way : ways.entrySet()) {
        Measured measured = measure("n" + ++number, way.getValue());
        System.out.println(way.getKey() + ": " + measured);
        found.computeIfAbsent(way.getKey(), unused -> new ArrayList<>()).add(measured);
      }
    }
    new StartUpPage(found, MESSAGES).writeTo(Path.of(System.getProperty("start-up.page")));
  }

  private Measured measure(String node, Tampering way) throws Exception {
    Database database = scene.postgres().createDatabase(scene.unique() + node);
    OrdersTable table = OrdersTable.create(database, "orders");
    String queue = scene.queue() + node;
    RunnerProcess coordinator =
        scene
            .coordinator(
                node,
                scene
                    .external(node)
                    .database(database)
                    .delivery("orders", DeliverySpec.of(queue, table)))
            .tamperedWith(way);
    long begin = System.nanoTime();
    coordinator.launch();
    long ready = coordinator.timeReady(PATIENCE) - begin;
    ProcessTree process = new ProcessTree(coordinator.process().pid());
    final double cpu = process.cpuSeconds();
    Thread.sleep(IDLE_MILLIS); // until it has done what it puts off at its start
    final double idle = process.residentMebibytes();
    scene.artemis().address().send(queue, Orders.upTo(MESSAGES).bodies());
    Eventually.within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(MESSAGES));
    double loaded = process.residentMebibytes();
    assertThat(table.distinctRows()).isEqualTo(MESSAGES);
    coordinator.terminate();
    return new Measured(ready / 1e9, cpu, idle, loaded);
  }
}
