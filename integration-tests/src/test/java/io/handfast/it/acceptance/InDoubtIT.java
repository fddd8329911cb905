package io.handfast.it.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Answer;
import io.handfast.it.harness.BranchId;
import io.handfast.it.harness.Broker;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.SharedNode;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an operator sees and does at three in the morning. The prepared branches are real ones. */
class InDoubtIT {
  private static final String LOST_LOG = "ffffffff.1abcd";

  @RegisterExtension
  static final SharedNode SHARED =
      new SharedNode(
          configuration ->
              configuration.set("handfast.node", "n1").set("handfast.recovery.interval", "PT1H"));

  private Broker broker;
  private Database database;
  private RunnerProcess node;

  @BeforeEach
  void arrange() throws Exception {
    broker = SHARED.artemis().address();
    database = SHARED.database();
    database.execute(
        "CREATE TABLE IF NOT EXISTS orders(id TEXT PRIMARY KEY)", "DELETE FROM orders");
    node = SHARED.node();
  }

  @Test
  void branchesOfALostLogStayAreExplainedAndAreResolvedByHand() throws Exception {
    String lost = "n1." + LOST_LOG + ".5";
    prepareBoth(lost, "o-1");

    JsonNode scanned = node.wire().scan().json();
    node.log().awaitLineWith("branches of another decision log");
    JsonNode transaction = scanned.path("transactions").path(0);
    assertThat(transaction.path("transaction").asText()).isEqualTo(lost);
    assertThat(transaction.path("decision").asText()).isEqualTo("unknown");
    assertThat(transaction.path("next").asText()).contains(LOST_LOG, "manually");
    assertThat(transaction.path("participants").findValuesAsText("detail"))
        .hasSize(2)
        .anyMatch(detail -> detail.contains("1 sent"))
        .anyMatch(detail -> detail.contains("owner postgres"));

    String atBroker = BranchId.handfast(lost, "broker").text();
    String atDatabase = BranchId.handfast(lost, "database").text();
    Answer done =
        node.wire()
            .resolve(atBroker, "commit", "", "{\"who\":\"ann\",\"why\":\"the order was shipped\"}");
    assertThat(done.status()).as(done.text()).isEqualTo(200);
    assertThat(node.wire().resolve(atDatabase, "rollback", "", "").problem())
        .isEqualTo("contradicts-log");
    assertThat(node.wire().resolve(atDatabase, "commit", "", "").status()).isEqualTo(200);

    assertThat(broker.messageCount(SHARED.unique())).isEqualTo(1);
    assertThat(database.values("SELECT id FROM orders")).containsExactly("o-1");
    assertThat(broker.preparedTransactions()).doesNotContain(lost);
    node.terminate();
    node.start();
    JsonNode acts = node.wire().get("/v1/recovery/acts").json();
    assertThat(acts.findValuesAsText("who")).containsExactly("ann", "not given");
    assertThat(acts.path(0).path("why").asText()).isEqualTo("the order was shipped");
  }

  @Test
  void whatIsNotHandfastsIsShownAsForeignAndNeverTouched() throws Exception {
    BranchId foreign = new BranchId(4660, "another", "manager");
    BranchId neighbour = BranchId.handfast("n10." + LOST_LOG + ".5", "broker");
    broker.prepare(SHARED.unique(), List.of(foreign));
    broker.prepare(SHARED.unique(), List.of(neighbour));
    database.execute(
        "BEGIN", "INSERT INTO orders VALUES ('psql')", "PREPARE TRANSACTION 'by psql'");

    JsonNode inDoubt = node.wire().scan().json().path("inDoubt");
    assertThat(inDoubt.findValuesAsText("xid"))
        .contains(foreign.text(), neighbour.text(), "by psql");
    assertThat(safeActionsOf(inDoubt, foreign.text(), neighbour.text(), "by psql"))
        .containsOnly("none");
    for (BranchId branch : List.of(foreign, neighbour)) {
      assertThat(node.wire().resolve(branch.text(), "rollback", "force=true", "").problem())
          .isEqualTo("branch-not-ours");
    }
    assertThat(node.wire().resolve("by%20psql", "rollback", "force=true", "").status())
        .isEqualTo(400);
    assertThat(broker.preparedTransactions()).contains("another");
    assertThat(database.preparedTransactions()).containsExactly("by psql");
    database.execute("ROLLBACK PREPARED 'by psql'");
    broker.rollBackPreparedTransactions();
  }

  @Test
  void whatContradictsTheLogIsRefusedUnlessForced() throws Exception {
    String log = node.wire().recovery().json().path("log").asText();
    BranchId branch = BranchId.handfast("n1." + log + ".zzzz", "database");
    database.prepare("INSERT INTO orders VALUES ('o-1')", List.of(branch));

    Answer refused = node.wire().resolve(branch.text(), "commit", "", "");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.problem()).isEqualTo("contradicts-log");
    assertThat(database.preparedTransactions()).hasSize(1);
    assertThat(node.wire().resolve(branch.text(), "commit", "force=perhaps", "").status())
        .isEqualTo(400);

    Answer forced = node.wire().resolve(branch.text(), "commit", "force=true", "{\"who\":\"ann\"}");

    assertThat(forced.status()).as(forced.text()).isEqualTo(200);
    assertThat(forced.json().path("forced").asBoolean()).isTrue();
    assertThat(database.values("SELECT id FROM orders")).containsExactly("o-1");
    assertThat(node.wire().recovery().json().path("heuristics")).hasSize(1);
    assertThat(node.wire().resolve(branch.text(), "commit", "", "").status()).isEqualTo(404);
  }

  private void prepareBoth(String transaction, String order) throws Exception {
    broker.prepare(SHARED.unique(), List.of(BranchId.handfast(transaction, "broker")));
    database.prepare(
        "INSERT INTO orders VALUES ('%s')".formatted(order),
        List.of(BranchId.handfast(transaction, "database")));
  }

  private static List<String> safeActionsOf(JsonNode inDoubt, String... xids) {
    List<String> wanted = List.of(xids);
    return StreamSupport.stream(inDoubt.spliterator(), false)
        .filter(branch -> wanted.contains(branch.path("xid").asText()))
        .map(branch -> branch.path("safeAction").asText())
        .toList();
  }
}
