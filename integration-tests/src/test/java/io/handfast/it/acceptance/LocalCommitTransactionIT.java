package io.handfast.it.acceptance;

import static io.handfast.it.harness.Eventually.eventually;
import static io.handfast.it.harness.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Wire;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Transactions of clients that the local commit of a database decides. */
class LocalCommitTransactionIT {

  @RegisterExtension final Scene scene = new Scene();

  private OrdersTable table;

  @Test
  void theMarkerTellsEachOutcomeAtAnyNodeAndAfterACrash() throws Exception {
    table = OrdersTable.create(scene.database(), "orders");
    Auditor auditor = scene.auditor(table);
    RunnerProcess first = node("n1").start();
    scene.artemis().address().send(scene.queue(), Orders.upTo(2).bodies());
    move(first.wire(), "done");
    assertThat(first.wire().commit("done").status()).isEqualTo(200);
    assertThat(table.rows()).isEqualTo(1);
    assertThat(status(first.wire(), "done")).isEqualTo("committed");
    move(first.wire(), "open");
    Answer second = first.wire().begin("done", "PT10S");
    assertThat(second.json().path("status").asText()).as("asked again").isEqualTo("committed");
    Answer elsewhere = first.wire().run("open", "{\"database\":\"other\",\"sql\":\"SELECT 1\"}");
    assertThat(elsewhere.status()).as(elsewhere.text()).isBetween(400, 499);
    RunnerProcess other = node("n2").start();
    assertThat(status(other.wire(), "done")).isEqualTo("committed");
    assertProblem(other.wire().transaction("open"), 421);

    first.kill9();
    first.start();

    assertThat(status(first.wire(), "done")).isEqualTo("committed");
    assertThat(status(first.wire(), "open")).isEqualTo("rolled-back");
    assertThat(status(other.wire(), "open")).isEqualTo("rolled-back");
    assertThat(table.rows()).isEqualTo(1);
    eventually(() -> assertThat(auditor.prepared()).isEmpty());
    move(first.wire(), "again");
    assertThat(first.wire().commit("again").status()).isEqualTo(200);
    auditor.assertEveryMessageIsInOnePlace(Orders.upTo(2));
    assertThat(table.distinctRows()).isEqualTo(2);
  }

  private void move(Wire wire, String id) {
    assertThat(wire.begin(id, "PT30S").status()).isEqualTo(201);
    Answer received = wire.receiveInside(id, scene.queue(), "max=1&wait=PT10S");
    assertThat(received.status()).as(received.text()).isEqualTo(200);
    List<String> bodies = received.json().path("messages").findValuesAsText("body");
    assertThat(wire.run(id, table.insert(), bodies).status()).isEqualTo(200);
  }

  private static String status(Wire wire, String id) {
    Answer found = wire.transaction(id);
    assertThat(found.status()).as(found.text()).isEqualTo(200);
    return found.json().path("status").asText();
  }

  private RunnerProcess node(String name) throws Exception {
    RunnerConfiguration configuration =
        scene
            .external(name)
            .set("handfast.client-sql", "true")
            .set("handfast.transactions.protocol", "local-commit");
    return scene.coordinator(name, configuration);
  }
}
