package io.handfast.it.resilience;

import static io.handfast.it.harness.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.DeliverySpec;
import io.handfast.it.harness.InjectedRules;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A decision outlives a change of the user, and of the database that its name stands for. */
class ParticipantIdentityIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String KILLED_ONCE_DECIDED =
      """
      RULE decided, and the database not told
      CLASS org.postgresql.xa.PGXAConnection
      METHOD commitPrepared
      AT ENTRY
      IF true
      DO killJVM()
      ENDRULE
      """;

  @RegisterExtension final Scene scene = new Scene();

  @Test
  void aDecisionIsKeptUntilTheSameDatabaseIsSeenToHaveCarriedItOut() throws Exception {
    Database database = scene.database();
    OrdersTable table = OrdersTable.create(database, "orders");
    String a = scene.unique() + "_a";
    String b = scene.unique() + "_b";
    for (String user : new String[] {a, b}) {
      database.execute("CREATE ROLE " + user + " LOGIN", "GRANT ALL ON orders TO " + user);
    }
    Database other = scene.postgres().createDatabase(scene.unique() + "_other");
    DeliverySpec delivery = DeliverySpec.of(scene.queue(), table);
    scene.artemis().address().send(scene.queue(), Orders.upTo(1).bodies());
    RunnerProcess first = scene.coordinator("first", as(database, a).delivery("orders", delivery));
    first
        .tamperedWith(InjectedRules.in(first.directory().resolve("rule.btm"), KILLED_ONCE_DECIDED))
        .launch();
    first.process().awaitExit(PATIENCE);
    assertThat(database.preparedTransactions()).hasSize(1);
    assertThat(table.rows()).isZero();

    RunnerProcess elsewhere = after(first, "elsewhere", as(other, "postgres"));
    JsonNode kept = transaction(elsewhere);
    assertThat(kept.path("decision").asText()).isEqualTo("commit");
    assertThat(kept.path("next").asText()).contains("has prepared: configure that one again");
    assertThat(kept.at("/participants/1/state").asText()).isEqualTo("unproven");
    elsewhere.log().awaitLineWith("decisions kept participant=database count=1");
    elsewhere.kill9();

    RunnerProcess asB = after(elsewhere, "b", as(database, b));
    kept = transaction(asB);
    assertThat(kept.at("/participants/1/state").asText()).isEqualTo("prepared");
    assertThat(kept.at("/participants/1/detail").asText()).contains("owner " + a);
    asB.log().awaitLineWith("permission denied");
    asB.kill9();

    RunnerProcess asA = after(asB, "a", as(database, a));
    within(PATIENCE, () -> assertThat(table.rows()).isEqualTo(1));
    assertThat(database.preparedTransactions()).isEmpty();
    within(PATIENCE, () -> assertThat(asA.wire().scan().json().path("transactions")).isEmpty());
    assertThat(scene.artemis().address().messageCount(scene.queue())).isZero();
  }

  private static JsonNode transaction(RunnerProcess node) throws Exception {
    JsonNode transactions = node.wire().scan().json().path("transactions");
    assertThat(transactions).hasSize(1);
    return transactions.path(0);
  }

  private RunnerConfiguration as(Database database, String user) throws Exception {
    return scene.external("n1").database(new Database(database.url(), user, "any"));
  }

  private RunnerProcess after(RunnerProcess before, String log, RunnerConfiguration configuration) {
    RunnerProcess next = scene.coordinator(log, configuration);
    next.copyDataOf(before);
    return next.start();
  }
}
