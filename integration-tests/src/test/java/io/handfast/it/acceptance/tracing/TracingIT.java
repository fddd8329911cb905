package io.handfast.it.acceptance.tracing;

import static io.handfast.it.harness.Eventually.eventually;
import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.Broker;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.HandlerServer;
import io.handfast.it.harness.HandlerServer.Reply;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.QueuedMessage;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A trace goes through the coordinator, and the transaction that it met on its way is found. */
class TracingIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String SENDER = "b7ad6b7169203331";
  private static final String TRACEPARENT = "00-" + TRACE + "-" + SENDER + "-01";

  @RegisterExtension final Scene scene = new Scene();

  private Collector collector;
  private Broker broker;
  private OrdersTable table;
  private String out;

  @BeforeEach
  void arrange() throws Exception {
    collector = scene.closing(new Collector());
    broker = scene.artemis().address();
    table = OrdersTable.create(scene.database(), "orders");
    out = scene.queue() + ".out";
  }

  private RunnerConfiguration traced() throws Exception {
    return scene
        .external("n1")
        .set("handfast.recovery.interval", "PT1S")
        .set("quarkus.otel.sdk.disabled", false)
        .set("quarkus.otel.bsp.schedule.delay", "PT0.2S")
        .set("quarkus.otel.exporter.otlp.protocol", "http/protobuf")
        .set("quarkus.otel.exporter.otlp.endpoint", collector.url());
  }

  private ExportedSpan one(String name) {
    List<ExportedSpan> found = all(name);
    assertThat(found).as(name + " of " + names()).hasSize(1);
    return found.get(0);
  }

  private List<ExportedSpan> all(String name) {
    return collector.spans().stream().filter(span -> span.name().equals(name)).toList();
  }

  private List<String> names() {
    return collector.spans().stream().map(ExportedSpan::name).toList();
  }

  /** What the document says: anybody can find a transaction's span by the transaction's id. */
  private static String foundBy(String transaction) throws Exception {
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(transaction.getBytes(StandardCharsets.UTF_8));
    String digits = HexFormat.of().formatHex(digest);
    return digits.substring(0, 32) + "-" + digits.substring(32, 48);
  }

  @Test
  void aTraceGoesOnInForwardedCopiesAndEachPhaseOfTheTransactionHasASpan() throws Exception {
    scene
        .coordinator(
            "n1", traced().delivery("orders", DeliverySpec.of(scene.queue(), table).forward(out)))
        .start();

    broker.send(scene.queue(), Orders.json(1, 1), "traceparent", TRACEPARENT);

    within(PATIENCE, () -> one("unit of work orders"));
    ExportedSpan unit = one("unit of work orders");
    ExportedSpan message = one("process " + scene.queue());
    assertThat(message.trace()).isEqualTo(TRACE);
    assertThat(message.parent()).isEqualTo(SENDER);
    assertThat(message.links()).containsExactly(unit.traceAndId());
    assertThat(message.attribute("handfast.outcome")).isEqualTo("committed");
    assertThat(message.isError()).isFalse();
    assertThat(unit.links()).containsExactly(TRACE + "-" + SENDER);
    assertThat(unit.traceAndId()).isEqualTo(foundBy(unit.attribute("handfast.transaction")));
    assertThat(unit.resourceAttribute("handfast.node")).isEqualTo("n1");
    assertThat(unit.resourceAttribute("service.name")).isEqualTo("handfast");

    QueuedMessage copy = broker.browse(out).get(0);
    assertThat(copy.headers().get("traceparent")).isEqualTo("00-" + message.traceAndId() + "-01");

    List<ExportedSpan> phases =
        collector.spans().stream().filter(span -> span.parent().equals(unit.id())).toList();
    assertThat(phases)
        .extracting(ExportedSpan::name)
        .containsExactlyInAnyOrder(
            "receive broker",
            "apply",
            "prepare broker",
            "prepare database",
            "decide",
            "commit broker",
            "commit database");
    assertThat(phases).allMatch(phase -> phase.trace().equals(unit.trace()));
    assertThat(phases).allMatch(phase -> phase.isWithin(unit));
  }

  @Test
  void aHandlerIsCalledInTheTraceOfItsMessageAndARefusalIsAnError() throws Exception {
    HandlerServer handler = scene.closing(new HandlerServer());
    handler.answers(call -> new Reply(call.id() == 2 ? 422 : 200, "no such item"));
    scene
        .coordinator(
            "n1",
            traced()
                .delivery(
                    "orders",
                    DeliverySpec.fromQueue(scene.queue())
                        .handler(handler.url(), "PT20S")
                        .retry(1, "PT0.1S")
                        .under("at-least-once")))
        .start();

    broker.send(scene.queue(), Orders.json(1, 1), "traceparent", TRACEPARENT);
    broker.send(scene.queue(), List.of(Orders.json(2, 1)));

    within(
        PATIENCE,
        () -> {
          assertThat(one("process " + scene.queue()).attribute("handfast.outcome"))
              .isEqualTo("committed");
          assertThat(all("unit of work orders")).anyMatch(ExportedSpan::isError);
        });
    ExportedSpan message = one("process " + scene.queue());
    ExportedSpan refused =
        all("unit of work orders").stream().filter(ExportedSpan::isError).findFirst().orElseThrow();
    assertThat(refused.statusText()).contains("no such item");
    assertThat(refused.links()).isEmpty();
    assertThat(handler.traceparents())
        .contains("00-" + message.traceAndId() + "-01", "00-" + refused.traceAndId() + "-01");
  }

  @Test
  void recoveryAfterACrashIsLinkedWithTheTransactionThatItEnds() throws Exception {
    table.slow(Duration.ofMillis(10));
    RunnerProcess coordinator =
        scene
            .coordinator(
                "n1", traced().delivery("orders", DeliverySpec.of(scene.queue(), table).batch(5)))
            .start();
    broker.send(scene.queue(), Orders.upTo(2_000).bodies());
    Auditor auditor = scene.auditor(table);
    auditor.awaitRows(20, PATIENCE);
    coordinator.kill9When(() -> auditor.seesDecidedInTheDatabase(coordinator));

    coordinator.start();

    eventually(
        () ->
            assertThat(recovered())
                .anyMatch(span -> span.attribute("handfast.action").equals("commit")));
    for (ExportedSpan recovered : recovered()) {
      assertThat(recovered.links())
          .containsExactly(foundBy(recovered.attribute("handfast.transaction")));
    }
  }

  /** Which of the two branches was left is chance. */
  private List<ExportedSpan> recovered() {
    return collector.spans().stream().filter(s -> s.name().startsWith("recover ")).toList();
  }

  @Test
  void aClientsTransactionIsLinkedWithItsRequestAndWhatItSendsGoesOn() throws Exception {
    RunnerProcess coordinator =
        scene
            .coordinator("n1", traced().set("handfast.statements.\"insert\"", table.insert()))
            .start();
    coordinator.wire().begin("a-1", "PT30S");
    coordinator.wire().statement("a-1", "insert", List.of(Orders.json(1, 1)));
    coordinator.wire().sendInside("a-1", out, Orders.json(1, 1));
    coordinator.wire().commit("a-1");

    within(PATIENCE, () -> one("transaction"));
    ExportedSpan transaction = one("transaction");
    assertThat(transaction.attribute("handfast.outcome")).isEqualTo("committed");
    assertThat(transaction.traceAndId())
        .isEqualTo(foundBy(transaction.attribute("handfast.transaction")));
    assertThat(collector.spans())
        .as("the span of the request that began it")
        .anyMatch(span -> transaction.links().contains(span.traceAndId()));
    assertThat(names()).contains("prepare broker", "prepare database", "decide");
    String carried = broker.browse(out).get(0).headers().get("traceparent");
    assertThat(collector.spans())
        .as("the span of the request that sent the message")
        .anyMatch(span -> carried.equals("00-" + span.traceAndId() + "-01"));
  }

  @Test
  void theShareOfTracesCanBeChosenAndWhatIsNoTraceHoldsNoMessageUp() throws Exception {
    scene
        .coordinator(
            "n1",
            traced()
                .set("quarkus.otel.traces.sampler.arg", "0.0")
                .delivery("orders", DeliverySpec.of(scene.queue(), table)))
        .start();

    // A character that libraries which look digits up in a table do not expect.
    String none = "00-\uffff" + TRACE.substring(1) + "-" + SENDER + "-01";
    broker.send(scene.queue(), Orders.json(1, 1), "traceparent", none);
    broker.send(scene.queue(), Orders.json(2, 1), "traceparent", TRACEPARENT);

    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(2));
    within(PATIENCE, () -> one("process " + scene.queue()));
    assertThat(names()).doesNotContain("unit of work orders", "prepare broker");
  }

  @Test
  void byDefaultNothingIsExportedAndAMessageKeepsTheTraceThatItHas() throws Exception {
    scene
        .coordinator(
            "n1",
            traced()
                .set("quarkus.otel.sdk.disabled", true)
                .delivery("orders", DeliverySpec.of(scene.queue(), table).forward(out)))
        .start();

    broker.send(scene.queue(), Orders.json(1, 1), "traceparent", TRACEPARENT);

    within(PATIENCE, () -> assertThat(broker.browse(out)).hasSize(1));
    assertThat(broker.browse(out).get(0).headers()).containsEntry("traceparent", TRACEPARENT);
    assertThat(collector.spans()).isEmpty();
  }
}
