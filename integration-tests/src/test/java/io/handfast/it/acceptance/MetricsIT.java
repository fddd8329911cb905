package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.eventually;
import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scrape;
import io.handfast.it.harness.SharedNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What monitoring reads is true, and is what the documents and the files for it name. */
class MetricsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Path ROOT = Path.of("..");
  private static final Path DOCUMENT = ROOT.resolve("docs/reference/metrics.md");
  private static final Path MONITORING = ROOT.resolve("src/main/monitoring");

  /** A row of the table: name, type, labels. */
  private static final Pattern ROW =
      Pattern.compile(
          "^\\| `(handfast_\\w+)` \\| (\\w+) \\| ((?:`\\w+`(?:, )?)*|—) \\|", Pattern.MULTILINE);

  private static final Pattern NAME = Pattern.compile("handfast_\\w+");

  @RegisterExtension
  static final SharedNode SHARED =
      new SharedNode(
          configuration ->
              configuration.set("handfast.recovery.interval", "PT1S").kafka(SharedNode.kafka()));

  private OrdersTable table;
  private RunnerProcess coordinator;

  @BeforeEach
  void start() throws Exception {
    table = SHARED.createTable();
    coordinator = SHARED.node();
  }

  private Scrape scrape() {
    return new Scrape(coordinator.wire().get("/q/metrics").text());
  }

  private void deliver(int orders) throws Exception {
    coordinator
        .wire()
        .putDelivery("orders", DeliverySpec.of(SHARED.unique(), table).retry(2, "PT0.1S"));
    SHARED.artemis().address().send(SHARED.unique(), Orders.upTo(orders).bodies());
    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(orders));
  }

  @Test
  void whatHappensIsCounted() throws Exception {
    deliver(500);
    coordinator.wire().sendJson(SHARED.unique(), Orders.json(501, -1));
    String of = "delivery=\"orders\"";

    eventually(
        () ->
            assertThat(
                    scrape()
                        .value("handfast_delivery_messages_total", of, "outcome=\"dead-lettered\""))
                .isEqualTo(1));

    Scrape scrape = scrape();
    assertThat(scrape.value("handfast_delivery_messages_total", of, "outcome=\"committed\""))
        .isEqualTo(500);
    assertThat(scrape.value("handfast_delivery_received_messages_total", of))
        .as("the bad one at least twice")
        .isGreaterThanOrEqualTo(502);
    assertThat(scrape.value("handfast_delivery_state", of, "state=\"running\"")).isEqualTo(1);
    assertThat(scrape.value("handfast_delivery_state", of, "state=\"paused\"")).isZero();
    double units = scrape.value("handfast_units_total", of, "outcome=\"committed\"");
    assertThat(units).isBetween(2.0, 505.0);
    assertThat(scrape.value("handfast_unit_messages_sum", of)).isGreaterThanOrEqualTo(501);
    assertThat(scrape.value("handfast_unit_seconds_count", of)).isGreaterThanOrEqualTo(units);
    assertThat(scrape.value("handfast_log_force_seconds_count")).isBetween(1.0, units);
    for (String participant : Set.of("broker", "database")) {
      for (String step : Set.of("prepare", "commit")) {
        assertThat(
                scrape.value(
                    "handfast_transaction_step_seconds_count",
                    "participant=\"%s\"".formatted(participant),
                    "step=\"%s\"".formatted(step)))
            .as("%s of %s", step, participant)
            .isBetween(1.0, units + 1);
      }
    }
    assertThat(scrape.value("handfast_transactions_in_doubt")).isZero();
    assertThat(scrape.value("handfast_log_certain")).isEqualTo(1);
    lagIsThatOfEachPartition();
    documentDashboardAndAlertsNameWhatIsThereAndADeliveryThatIsGoneIsNot();
  }

  private void lagIsThatOfEachPartition() throws Exception {
    String topic = SHARED.unique();
    SharedNode.kafka().createTopic(topic, 2);
    DeliverySpec delivery = DeliverySpec.fromKafka(topic).statement(table.insert());
    coordinator.wire().putDelivery("records", delivery);
    String of = "delivery=\"records\"";
    within(
        PATIENCE,
        () -> {
          assertThat(scrape().value("handfast_delivery_lag", of, "partition=\"0\"")).isZero();
          assertThat(scrape().value("handfast_delivery_lag", of, "partition=\"1\"")).isZero();
        });
    coordinator.wire().pause("records");

    SharedNode.kafka().send(topic, 1, new Orders(601, 603).bodies());

    within(
        PATIENCE,
        () -> {
          assertThat(scrape().value("handfast_delivery_lag", of, "partition=\"0\"")).isEqualTo(3);
          assertThat(scrape().value("handfast_delivery_lag", of, "partition=\"1\"")).isZero();
        });
    assertThat(coordinator.wire().delivery("records").json().path("lagByPartition").toString())
        .isEqualTo("{\"0\":3,\"1\":0}");
  }

  private void documentDashboardAndAlertsNameWhatIsThereAndADeliveryThatIsGoneIsNot()
      throws Exception {
    Scrape scrape = scrape();

    assertDocumented(scrape);
    assertAskedFor("dashboard.json", scrape);
    assertAskedFor("alerts.yaml", scrape);

    assertThat(scrape.text()).contains("delivery=\"orders\"");
    coordinator.wire().deleteDelivery("orders");
    assertThat(scrape().text()).doesNotContain("delivery=\"orders\"");
  }

  private static void assertDocumented(Scrape scrape) throws IOException {
    Map<String, String> there = new TreeMap<>();
    scrape
        .families()
        .forEach(
            (family, type) ->
                there.put(family, type + " " + String.join(", ", scrape.labelsOf(family))));
    Map<String, String> documented = new TreeMap<>();
    Matcher row = ROW.matcher(Files.readString(DOCUMENT));
    while (row.find()) {
      Set<String> labels = new TreeSet<>();
      Pattern.compile("`(\\w+)`")
          .matcher(row.group(3))
          .results()
          .forEach(l -> labels.add(l.group(1)));
      documented.put(row.group(1), row.group(2) + " " + String.join(", ", labels));
    }

    assertThat(documented).isEqualTo(there);
  }

  private static void assertAskedFor(String file, Scrape scrape) throws IOException {
    Set<String> asked = new TreeSet<>();
    NAME.matcher(Files.readString(MONITORING.resolve(file)))
        .results()
        .forEach(found -> asked.add(found.group()));
    assertThat(asked).as(file).hasSizeGreaterThan(5);
    assertThat(scrape.sampleNames()).as(file).containsAll(asked);
  }
}
