package io.handfast.it.acceptance.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an operator does at the console, done with a browser on the running service. */
class ConsoleIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  @RegisterExtension final Scene scene = new Scene();

  @Test
  void aDeliveryIsCreatedBreaksIsMendedAndIsCompared() throws Exception {
    TcpProxy network = scene.closing(new TcpProxy(scene.postgres().port()));
    OrdersTable table = OrdersTable.create(scene.database(), "orders");
    scene.database().execute("CREATE TABLE notes(body TEXT)");
    RunnerConfiguration configuration =
        scene
            .external("shop-1")
            .database(scene.database().through(network))
            .set("handfast.client-sql", true);
    RunnerProcess node = scene.coordinator("console", configuration).start();
    try (Browsing console = new Browsing(node.port())) {
      createsADelivery(console, table);
      isToldWhatOthersHaveDone(console, node);
      watchesItWork(console, node, table);
      looksAtATransaction(console);
      seesADoubtAppearAndResolve(console, node, network);
      replaysDeadLetters(console, node);
      if (Browsing.IS_AT_LENGTH) {
        comparesGuarantees(console, node);
      }

      assertThat(console.elsewhere()).isEmpty();
      assertThat(console.errors())
          .as("but for the answers to what was wrong on purpose")
          .hasSize(5)
          .allMatch(error -> error.contains("status of 400") || error.contains("status of 412"));
    }
  }

  private void createsADelivery(Browsing console, OrdersTable table) throws Exception {
    console.awaitText("There is no delivery yet");
    console.button("New delivery").click();
    console.field("Name").fill("orders");
    console.field("Queue").fill(scene.queue());
    console.field("Statements").fill("INSERT INTO nowhere(id) VALUES (:id)");
    console.field("Consumers").fill("65");
    console.button("Create").click();
    assertThat(console.page().getByText("Must be a statement that the database can prepare"))
        .isVisible();
    assertThat(console.page().getByText("Must be an integer from 1 to 64")).isVisible();
    assertThat(console.field("Consumers")).hasAttribute("aria-invalid", "true");
    console.assertUsable("the form of a delivery");
    console.picture("delivery-form");
    console.field("Statements").fill(table.insert());
    console.field("Consumers").fill("four");
    console.button("Create").click();
    assertThat(console.field("Consumers")).hasAttribute("aria-invalid", "true");
    assertThat(console.page().getByText("Must be an integer from 1 to 64")).isVisible();
    console.field("Consumers").fill("2");
    console.button("Create").click();
    assertThat(console.button("Pause orders")).isVisible();
  }

  private void isToldWhatOthersHaveDone(Browsing console, RunnerProcess node) {
    console.button("New delivery").click();
    console.field("Name").fill("orders");
    console.field("Queue").fill("another");
    console.field("Forward to queue").fill("elsewhere");
    console.button("Create").click();
    console.awaitText("Must be a name that is free");
    assertThat(node.wire().delivery("orders").json().at("/source/queue").asText())
        .isEqualTo(scene.queue());
    console.button("Cancel").click();

    String other = "{\"source\":{\"queue\":\"x\"},\"forward\":{\"queue\":\"%s\"}}";
    assertThat(node.wire().putDelivery("shared", other.formatted("y")).status()).isEqualTo(201);
    console.button("Edit shared").click();
    assertThat(node.wire().putDelivery("shared", other.formatted("z")).status()).isEqualTo(200);
    console.field("Consumers").fill("3");
    console.button("Save").click();
    console.awaitText("'shared' was changed by another user or program");
    assertThat(node.wire().delivery("shared").json().at("/forward/queue").asText()).isEqualTo("z");
    console.button("Cancel").click();

    console.button("Delete shared").click();
    assertThat(console.button("Cancel")).isFocused();
    assertThat(node.wire().putDelivery("shared", other.formatted("y")).status()).isEqualTo(200);
    console.button("Delete").click();
    console.awaitText("'shared' was changed by another user or program");
    console.button("Cancel").click();
    console.button("Delete shared").click();
    console.button("Delete").click();
    assertThat(console.button("Delete shared")).hasCount(0);
    assertThat(node.wire().delivery("shared").status()).isEqualTo(404);
  }

  private void watchesItWork(Browsing console, RunnerProcess node, OrdersTable table)
      throws Exception {
    List<String> bodies = Orders.upTo(2_000).bodies();
    for (int from = 0; from < bodies.size(); from += 500) {
      String lines = String.join("\n", bodies.subList(from, from + 500));
      assertThat(node.wire().sendLines(scene.queue(), lines).status()).isEqualTo(201);
      console.page().waitForTimeout(from % 1500 == 0 ? 900 : 400);
    }
    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(2_000));
    Locator card = console.page().getByRole(com.microsoft.playwright.options.AriaRole.ARTICLE);
    assertThat(card)
        .containsText("2,000", new LocatorAssertions.ContainsTextOptions().setTimeout(5_000));
    console.button("Pause orders").click();
    assertThat(console.button("Start orders")).isVisible();
    node.wire().sendLines(scene.queue(), "{\"id\": 9001, \"item\": \"tea\", \"qty\": 1}");
    assertThat(card).containsText("paused");
    console.button("Start orders").click();
    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(2_001));
    assertThat(console.button("Pause orders")).isVisible();
    console.assertUsable("deliveries");
  }

  private void looksAtATransaction(Browsing console) throws Exception {
    console.open("Transactions");
    console.field("Delivery").selectOption("orders");
    console.field("Status").selectOption("committed");
    console.page().locator("td button").first().click();
    for (String step : List.of("Received", "Statements", "Prepared", "Decision", "Committed")) {
      assertThat(
              console
                  .page()
                  .locator(".story")
                  .getByText(step, new Locator.GetByTextOptions().setExact(true))
                  .first())
          .isVisible();
    }
    assertThat(console.field("Delivery")).hasValue("orders");
    assertThat(console.field("Status")).hasValue("committed");
    assertThat(console.page().locator("td.time").first()).isVisible();
    console.assertUsable("transactions");
    console.assertWhole("td.time, td .link");
    console.picture("transactions");
  }

  private void seesADoubtAppearAndResolve(Browsing console, RunnerProcess node, TcpProxy network)
      throws Exception {
    console.open("In doubt");
    console.awaitText("Nothing is in doubt.");
    node.wire().begin("move-1", "PT1M");
    String insert = "{\"sql\":\"INSERT INTO orders(id, item, qty) VALUES (9002, 'rum', 1)\"}";
    assertThat(node.wire().run("move-1", insert).status()).isEqualTo(200);
    assertThat(node.wire().sendInside("move-1", "shipping", "{}").status()).isEqualTo(201);
    String voter = scene.closing(new SlowVoter()).url();
    assertThat(node.wire().join("move-1", "shipper", voter).status()).isEqualTo(201);
    CompletableFuture<Answer> commit =
        CompletableFuture.supplyAsync(() -> node.wire().commit("move-1"));
    within( // and not decided yet, since the service takes its time
        PATIENCE,
        () ->
            assertThat(scene.database().number("SELECT count(*) FROM pg_prepared_xacts"))
                .isEqualTo(1));
    network.refuse();
    assertThat(commit.get(30, TimeUnit.SECONDS).status()).isEqualTo(202);
    assertThat(node.log().linesWith("transaction decided gtrid=shop-1")).hasSize(1);

    console.awaitText("decision: commit");
    console.awaitText("Safe action");
    console.assertUsable("in doubt");
    console.picture("in-doubt");
    network.heal();
    console.awaitText("Nothing is in doubt.");
    within(
        PATIENCE,
        () ->
            assertThat(scene.database().number("SELECT count(*) FROM orders WHERE id = 9002"))
                .isEqualTo(1));
    assertThat(node.wire().transaction("move-1").text()).contains("\"committed\"");
  }

  private void replaysDeadLetters(Browsing console, RunnerProcess node) throws Exception {
    String notes =
        "{\"source\":{\"queue\":\"notes\"},\"sink\":{\"statements\":[\"INSERT INTO notes(body) VALUES (:body)\"]}}";
    assertThat(node.wire().putDelivery("notes", notes).status()).isEqualTo(201);
    String lines =
        String.join(
            "\n",
            IntStream.rangeClosed(1, 3).mapToObj(i -> "note " + i + ", in plain text").toList());
    node.wire().sendLines("notes", lines);
    within(
        PATIENCE,
        () ->
            assertThat(node.wire().queue("notes.dead").json().path("messages").asInt())
                .isEqualTo(3));
    console.open("Deliveries");
    console.button("Edit notes").click();
    console.field("Statements").fill("INSERT INTO notes(body) VALUES (:message.body)");
    console.button("Save").click();
    assertThat(console.page().locator("dialog")).hasCount(0);
    console.picture("deliveries");
    console.picture("deliveries-narrow-dark", 400, ColorScheme.DARK);
    console.open("Dead letters");
    console.button("Show notes.dead").click();
    console.awaitText("note 1, in plain text");
    console.assertUsable("dead letters");
    console.picture("dead-letters");
    Locator first =
        console
            .page()
            .getByText(
                "Replay", new com.microsoft.playwright.Page.GetByTextOptions().setExact(true))
            .first();
    first.click();
    within(
        PATIENCE,
        () -> assertThat(scene.database().number("SELECT count(*) FROM notes")).isEqualTo(1));
    console.button("Replay all 2").click();
    console.awaitText("go back to where they came from");
    console.assertUsable("the question before a replay");
    console.button("Replay all").click();
    within(
        PATIENCE,
        () -> assertThat(scene.database().number("SELECT count(*) FROM notes")).isEqualTo(3));
    console.awaitText("There is no message here now.");
  }

  private void comparesGuarantees(Browsing console, RunnerProcess node) throws Exception {
    console.open("Comparisons");
    console.button("New comparison").click();
    console.field("Messages").fill("abc");
    console.field("Rounds").fill("1");
    for (String unneeded : List.of("at-most-once", "idempotency", "two-phase-commit")) {
      console.page().locator("input[value='" + unneeded + "']").uncheck();
    }
    console.assertUsable("the form of a comparison");
    console.button("Start").click();
    assertThat(console.field("Messages")).hasAttribute("aria-invalid", "true");
    console.field("Messages").fill("300");
    console.button("Start").click();
    console.awaitText("It runs on the broker " + scene.artemis().address().url());
    assertThat(console.button("Cancel").last()).isFocused();
    assertThat(node.wire().comparisons().json()).isEmpty();
    console.assertUsable("the question before a comparison");
    console.button("Start the comparison").click();
    assertThat(console.page().getByLabel("Progress")).isVisible();
    assertThat(console.page().locator("section .badge"))
        .hasText("completed", new LocatorAssertions.HasTextOptions().setTimeout(40_000));
    assertThat(console.page().locator("img.chart")).isVisible();
    assertThat(console.page().locator("section tbody tr")).hasCount(2);
    assertThat(
            (Boolean)
                console.page().evaluate("document.querySelector('img.chart').naturalWidth > 0"))
        .isTrue();
    console.assertUsable("comparisons");
    console.picture("comparisons");
  }
}
