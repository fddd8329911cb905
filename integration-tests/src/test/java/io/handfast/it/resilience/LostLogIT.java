package io.handfast.it.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.BranchId;
import io.handfast.it.harness.Broker;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A decision log is lost, restored or given up, or the broker decides by itself. */
class LostLogIT {
  private static final String LOST_LOG = "ffffffff.1abcd";

  @RegisterExtension final Scene scene = new Scene();

  private Broker broker;
  private Database database;
  private RunnerProcess node;

  @BeforeEach
  void arrange() throws Exception {
    broker = scene.artemis().address();
    database = scene.database();
    database.execute("CREATE TABLE orders(id TEXT PRIMARY KEY)");
    node = scene.coordinator("n1", configuration());
  }

  private RunnerConfiguration configuration() throws Exception {
    return scene.external("n1").set("handfast.recovery.interval", "PT1H");
  }

  @Test
  void aLogThatIsLostForGoodIsNamedAndItsBranchesAreRolledBack() throws Exception {
    String lost = "n1." + LOST_LOG + ".5";
    prepareBoth(lost, "o-1");

    scene
        .coordinator("accepting", configuration().set("handfast.recovery.abandoned-logs", LOST_LOG))
        .start();

    assertThat(broker.preparedTransactions()).doesNotContain(lost);
    assertThat(database.preparedTransactions()).isEmpty();
    assertThat(database.values("SELECT id FROM orders")).isEmpty();
  }

  @Test
  void aRestoredOlderLogIsNotTakenForTheOneThatWasLost() throws Exception {
    node.start();
    node.terminate();
    Path backUp = node.backUp();
    node.start();
    String later = node.wire().recovery().json().path("log").asText();
    node.kill9();
    prepareBoth("n1." + later + ".5", "o-1");
    node.restore(backUp);

    node.start();

    node.log().awaitLineWith("branches of another decision log");
    assertThat(database.preparedTransactions()).containsExactly("n1." + later + ".5");
    assertThat(broker.preparedTransactions()).contains("n1." + later + ".5");
    JsonNode branch = node.wire().recovery().json().path("inDoubt").path(0);
    assertThat(branch.path("decision").asText()).isEqualTo("unknown");
    assertThat(branch.path("safeAction").asText()).isEqualTo("wait");
    rollBack("n1." + later + ".5");
  }

  @Test
  void aBranchThatTheBrokersConsoleHasCommittedIsKeptUntilItIsForgotten() throws Exception {
    node.start();
    String log = node.wire().recovery().json().path("log").asText();
    String undecided = "n1." + log + ".zzzz";
    BranchId branch = BranchId.handfast(undecided, "broker");
    broker.prepare(scene.queue(), List.of(branch));
    broker.commitHeuristically(branch);

    JsonNode heuristic = node.wire().scan().json().path("heuristics").path(0);

    assertThat(heuristic.path("xid").asText()).isEqualTo(branch.text());
    assertThat(heuristic.path("decision").asText()).isEqualTo("rollback");
    assertThat(heuristic.path("outcome").asText()).isEqualTo("committed");
    node.kill9();
    node.start();
    assertThat(node.wire().recovery().json().path("heuristics")).hasSize(1);
    assertThat(node.wire().resolve(branch.text(), "forget", "", "").status()).isEqualTo(200);
    JsonNode after = node.wire().scan().json();
    assertThat(after.path("heuristics")).isEmpty();
    assertThat(after.path("inDoubt").findValuesAsText("xid")).doesNotContain(branch.text());
  }

  private void prepareBoth(String transaction, String order) throws Exception {
    broker.prepare(scene.queue(), List.of(BranchId.handfast(transaction, "broker")));
    database.prepare(
        "INSERT INTO orders VALUES ('%s')".formatted(order),
        List.of(BranchId.handfast(transaction, "database")));
  }

  private void rollBack(String transaction) {
    for (String participant : List.of("broker", "database")) {
      String xid = BranchId.handfast(transaction, participant).text();
      assertThat(node.wire().resolve(xid, "rollback", "", "").status()).isEqualTo(200);
    }
  }
}
