package io.handfast.it.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Answer;
import io.handfast.it.harness.Broker;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.RunnerConfiguration;
import io.handfast.it.harness.RunnerProcess;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.SharedNode;
import io.handfast.it.harness.Wire;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Transactions that clients begin, fill and settle over REST. */
class ClientTransactionIT {
  private static final int LIMIT = 200;

  @RegisterExtension final Scene scene = new Scene();

  @RegisterExtension
  static final SharedNode EMBEDDED =
      SharedNode.embedded(configuration -> configuration.set("handfast.transactions.limit", LIMIT));

  @Test
  void twoDatabasesAndTheBrokerCommitTogetherOrNotAtAll() throws Exception {
    Database here = scene.database();
    Database archive = scene.postgres().createDatabase(scene.unique() + "_archive");
    here.execute("CREATE TABLE orders(id SERIAL PRIMARY KEY, item TEXT)");
    archive.execute("CREATE TABLE orders(item TEXT UNIQUE DEFERRABLE INITIALLY DEFERRED)");
    Broker broker = scene.artemis().address();
    RunnerConfiguration configuration =
        scene
            .external("n1")
            .set("handfast.database.\"archive\".url", archive.url())
            .set("handfast.database.\"archive\".username", archive.username())
            .set("handfast.database.\"archive\".password", archive.password())
            .set("handfast.client-sql", "true");
    Wire wire = scene.coordinator("n1", configuration).start().wire();

    wire.begin("both", "PT30S");
    Answer inserted =
        wire.run(
            "both",
            "{\"sql\":\"INSERT INTO orders(item) VALUES (:item)\",\"generatedKeys\":[\"id\"],"
                + "\"parameters\":[{\"item\":\"tea\"},{\"item\":\"rum\"}]}");
    assertThat(inserted.json().path("rowCount").asInt()).isEqualTo(2);
    assertThat(inserted.json().path("generatedKeys").findValuesAsText("id"))
        .containsExactly("1", "2");
    wire.run("both", archived("tea"));
    wire.sendInside("both", scene.queue(), "{\"item\":\"tea\"}");
    assertThat(here.number("SELECT count(*) FROM orders")).isZero();
    assertThat(wire.commit("both").status()).isEqualTo(200);

    wire.begin("neither", "PT30S");
    wire.run("neither", "{\"sql\":\"INSERT INTO orders(item) VALUES ('lost')\"}");
    wire.run("neither", archived("tea")); // found to be there already when it is prepared
    wire.sendInside("neither", scene.queue(), "{\"item\":\"lost\"}");
    Answer refused = wire.commit("neither");
    assertThat(refused.problem()).isEqualTo("rolled-back");
    assertThat(refused.json().path("detail").asText()).contains("database:archive");

    assertThat(here.values("SELECT item FROM orders ORDER BY id")).containsExactly("tea", "rum");
    assertThat(archive.values("SELECT item FROM orders")).containsExactly("tea");
    assertThat(broker.messageCount(scene.queue())).isEqualTo(1);
    assertThat(here.preparedTransactions()).isEmpty();
    assertThat(archive.preparedTransactions()).isEmpty();
  }

  private static String archived(String item) {
    return "{\"database\":\"archive\",\"sql\":\"INSERT INTO orders VALUES (:item)\","
        + "\"parameters\":[{\"item\":\"%s\"}]}".formatted(item);
  }

  @Test
  void anAnswerIsTheSameAfterACrashAndOnTheWrongNode() throws Exception {
    RunnerProcess node = EMBEDDED.node();
    Wire wire = node.wire();
    wire.begin("committed", "PT30S");
    wire.run("committed", insert("c-1"));
    assertThat(wire.commit("committed").status()).isEqualTo(200);
    wire.begin("open", "PT30S");
    wire.run("open", insert("c-2"));
    String unnamed = wire.begin().json().path("id").asText();

    node.kill9();
    node.start();

    assertThat(wire.commit("committed").json().path("status").asText()).isEqualTo("committed");
    assertThat(wire.rollback("committed").problem()).isEqualTo("already-committed");
    for (String lost : List.of("open", unnamed)) {
      Answer answer = wire.commit(lost);
      assertThat(answer.problem()).as(lost).isEqualTo("rolled-back");
      assertThat(answer.json().path("retry").asText()).isEqualTo("safe");
    }
    assertThat(wire.begin("open", "PT30S").status()).isEqualTo(200);
    assertThat(wire.transaction("never").problem()).isEqualTo("transaction-not-found");
    Answer elsewhere = wire.transaction("n9.0a1b2c3d.1abcd.5");
    assertThat(elsewhere.status()).isEqualTo(421);
    assertThat(elsewhere.json().path("owner").asText()).isEqualTo("n9");
    assertThat(node.embeddedDatabase().values("SELECT id FROM orders WHERE id LIKE 'c-%'"))
        .containsExactly("c-1");
  }

  @Test
  void twoHundredOpenTransactionsAreNoStrainAndOneMoreIsAProblem() throws Exception {
    RunnerProcess node = EMBEDDED.node();
    Wire wire = node.wire();
    for (int i = 1; i <= LIMIT; i++) {
      wire.begin("t-" + i, "PT5M");
      assertThat(wire.run("t-" + i, insert("o-" + i)).status()).isEqualTo(200);
      assertThat(wire.sendInside("t-" + i, "done", "{}").status()).isEqualTo(201);
    }

    Answer tooMany = wire.begin("one-more", "PT5M");

    assertThat(tooMany.problem()).isEqualTo("too-many-transactions");
    assertThat(tooMany.json().path("retry").asText()).isEqualTo("later");
    assertThat(wire.health("/q/health/ready")).isEqualTo(200);
    for (int i = 1; i <= LIMIT; i++) {
      assertThat(wire.commit("t-" + i).status()).isEqualTo(200);
    }
    assertThat(node.embeddedDatabase().number("SELECT count(*) FROM orders WHERE id LIKE 'o-%'"))
        .isEqualTo(LIMIT);
    assertThat(wire.queue("done").json().path("messages").asInt()).isEqualTo(LIMIT);
    assertThat(wire.begin("one-more", "PT5M").status()).isEqualTo(201);
    assertThat(wire.rollback("one-more").status()).isEqualTo(200);
  }

  private static String insert(String id) {
    return "{\"sql\":\"INSERT INTO orders(id, item, qty) VALUES (:id, 'tea', 1)\","
        + "\"parameters\":[{\"id\":\"%s\"}]}".formatted(id);
  }
}
