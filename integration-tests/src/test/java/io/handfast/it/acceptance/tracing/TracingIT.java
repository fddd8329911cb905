package io.handfast.it.acceptance.tracing;

import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Broker;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.HandlerServer;
import io.handfast.it.harness.HandlerServer.Reply;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.QueuedMessage;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.SharedNode;
import io.handfast.it.harness.Wire;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A trace goes through the coordinator, and the transaction that it met on its way is found. */
public class TracingIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String SENDER = "b7ad6b7169203331";
  private static final String TRACEPARENT = "00-" + TRACE + "-" + SENDER + "-01";

  private static final Collector COLLECTOR = Collector.start();

  @RegisterExtension
  static final SharedNode SHARED =
      new SharedNode(configuration -> traced(configuration, COLLECTOR));

  @RegisterExtension final Scene scene = new Scene();

  private Collector collector;
  private Broker broker;
  private OrdersTable table;
  private String out;

  @BeforeEach
  void arrange() throws Exception {
    collector = COLLECTOR;
    broker = SHARED.artemis().address();
    table = SHARED.createTable();
    out = SHARED.unique() + ".out";
  }

  @AfterAll
  static void stop() {
    COLLECTOR.close();
  }

  /** The configuration of a node that exports to a collector. */
  public static RunnerConfiguration traced(RunnerConfiguration of, Collector collector) {
    return of.set("handfast.recovery.interval", "PT1S")
        .set("quarkus.otel.sdk.disabled", false)
        .set("quarkus.otel.bsp.schedule.delay", "PT0.2S")
        .set("quarkus.otel.exporter.otlp.protocol", "http/protobuf")
        .set("quarkus.otel.exporter.otlp.endpoint", collector.url());
  }

  /** A node of this test alone, and what it exports. */
  private RunnerConfiguration tracedAlone() throws Exception {
    collector = scene.closing(Collector.start());
    return traced(scene.external("n1").database(SHARED.database()), collector);
  }

  private void put(DeliverySpec delivery) {
    assertThat(SHARED.wire().putDelivery(SHARED.unique(), delivery).status()).isEqualTo(201);
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

  /** What the document says: a transaction's span is found by the transaction's id. */
  public static String foundBy(String transaction) throws Exception {
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(transaction.getBytes(StandardCharsets.UTF_8));
    String digits = HexFormat.of().formatHex(digest);
    return digits.substring(0, 32) + "-" + digits.substring(32, 48);
  }

  @Test
  void aTraceGoesOnInForwardedCopiesAndEachPhaseOfTheTransactionHasASpan() throws Exception {
    put(DeliverySpec.of(SHARED.unique(), table).forward(out));

    broker.send(SHARED.unique(), Orders.json(1, 1), "traceparent", TRACEPARENT);

    within(PATIENCE, () -> one("unit of work " + SHARED.unique()));
    ExportedSpan unit = one("unit of work " + SHARED.unique());
    ExportedSpan message = one("process " + SHARED.unique());
    assertThat(message.trace()).isEqualTo(TRACE);
    assertThat(message.parent()).isEqualTo(SENDER);
    assertThat(message.links()).containsExactly(unit.traceAndId());
    assertThat(message.attribute("handfast.outcome")).isEqualTo("committed");
    assertThat(message.isError()).isFalse();
    assertThat(unit.links()).containsExactly(TRACE + "-" + SENDER);
    assertThat(unit.traceAndId()).isEqualTo(foundBy(unit.attribute("handfast.transaction")));
    assertThat(unit.resourceAttribute("handfast.node")).startsWith("shared");
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
    put(
        DeliverySpec.fromQueue(SHARED.unique())
            .handler(handler.url(), "PT20S")
            .retry(1, "PT0.1S")
            .under("at-least-once"));

    broker.send(SHARED.unique(), Orders.json(1, 1), "traceparent", TRACEPARENT);
    broker.send(SHARED.unique(), List.of(Orders.json(2, 1)));

    within(
        PATIENCE,
        () -> {
          assertThat(one("process " + SHARED.unique()).attribute("handfast.outcome"))
              .isEqualTo("committed");
          assertThat(all("unit of work " + SHARED.unique())).anyMatch(ExportedSpan::isError);
        });
    ExportedSpan message = one("process " + SHARED.unique());
    ExportedSpan refused =
        all("unit of work " + SHARED.unique()).stream()
            .filter(ExportedSpan::isError)
            .findFirst()
            .orElseThrow();
    assertThat(refused.statusText()).contains("no such item");
    assertThat(refused.links()).isEmpty();
    assertThat(handler.traceparents())
        .contains("00-" + message.traceAndId() + "-01", "00-" + refused.traceAndId() + "-01");
  }

  @Test
  void aClientsTransactionIsLinkedWithItsRequestAndWhatItSendsGoesOn() throws Exception {
    Wire wire = SHARED.wire();
    wire.begin("a-1", "PT30S");
    wire.run("a-1", table.insert(), List.of(Orders.json(1, 1)));
    wire.sendInside("a-1", out, Orders.json(1, 1));
    wire.commit("a-1");

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
            tracedAlone()
                .set("quarkus.otel.traces.sampler.arg", "0.0")
                .delivery("orders", DeliverySpec.of(SHARED.unique(), table)))
        .start();

    // A character that libraries which look digits up in a table do not expect.
    String none = "00-\uffff" + TRACE.substring(1) + "-" + SENDER + "-01";
    broker.send(SHARED.unique(), Orders.json(1, 1), "traceparent", none);
    broker.send(SHARED.unique(), Orders.json(2, 1), "traceparent", TRACEPARENT);

    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(2));
    within(PATIENCE, () -> one("process " + SHARED.unique()));
    assertThat(names()).doesNotContain("unit of work orders", "prepare broker");
  }

  @Test
  void byDefaultNothingIsExportedAndAMessageKeepsTheTraceThatItHas() throws Exception {
    scene
        .coordinator(
            "n1",
            tracedAlone()
                .set("quarkus.otel.sdk.disabled", true)
                .delivery("orders", DeliverySpec.of(SHARED.unique(), table).forward(out)))
        .start();

    broker.send(SHARED.unique(), Orders.json(1, 1), "traceparent", TRACEPARENT);

    within(PATIENCE, () -> assertThat(broker.browse(out)).hasSize(1));
    assertThat(broker.browse(out).get(0).headers()).containsEntry("traceparent", TRACEPARENT);
    assertThat(collector.spans()).isEmpty();
  }
}
