package io.handfast.it.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import jakarta.jms.XAConnection;
import java.time.Duration;
import java.util.List;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.apache.activemq.artemis.core.transaction.impl.XidImpl;
import org.apache.activemq.artemis.jms.client.ActiveMQXAConnectionFactory;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The auditor sees what the other tests accuse the coordinator of; the servers really die. */
class HarnessIT {
  @RegisterExtension final Scene scene = new Scene();

  @Test
  void lostAndDoubledAndUnknownMessagesAreNamed() throws Exception {
    OrdersTable table = OrdersTable.create(scene.database(), "orders");
    Auditor auditor = new Auditor(scene.artemis().address(), table, scene.queue());
    table.database().execute("INSERT INTO orders(id) VALUES (1), (2), (2), (3), (9)");
    scene.artemis().address().send(scene.queue(), new Orders(3, 4).bodies());

    List<String> broken = auditor.ledger().brokenPromises(Orders.upTo(5).ids());

    assertThat(broken)
        .containsExactly(
            "message 2 is in [table, table]",
            "message 3 is in [table, queue]",
            "message 5 is lost",
            "message 9 was never sent");
  }

  @Test
  void preparedBranchesOutliveTheKillOfTheirServerAndAreSeen() throws Exception {
    PostgresProcess postgres = scene.postgres();
    ArtemisProcess artemis = scene.artemis();
    OrdersTable table = OrdersTable.create(scene.database(), "orders");
    Auditor auditor = new Auditor(artemis.address(), table, scene.queue());
    artemis.address().send(scene.queue(), Orders.upTo(2).bodies());
    Xid xid = new XidImpl("branch".getBytes(), 1, "transaction".getBytes());
    prepareInBroker(artemis, xid);
    prepareInDatabase(table.database(), "it-1");

    postgres.kill9();
    artemis.kill9();
    postgres.start();
    artemis.start();

    assertThat(auditor.prepared()).hasSize(2);
    assertThat(artemis.address().messageCount(scene.queue())).isEqualTo(2);
    assertThat(artemis.address().browse(scene.queue())).hasSize(1);
    assertThat(table.rows()).isZero();
    commitInBroker(artemis, xid);
    table.database().execute("COMMIT PREPARED 'it-1'");
    auditor.awaitRows(1, Duration.ofSeconds(1));
    auditor.assertEveryMessageIsInOnePlace(Orders.upTo(2));
  }

  private void prepareInBroker(ArtemisProcess artemis, Xid xid) throws Exception {
    try (ActiveMQXAConnectionFactory factory =
            new ActiveMQXAConnectionFactory(artemis.address().url());
        XAConnection connection =
            factory.createXAConnection(
                artemis.address().username(), artemis.address().password())) {
      connection.start();
      var session = connection.createXASession();
      session.getXAResource().start(xid, XAResource.TMNOFLAGS);
      session.createConsumer(session.createQueue(scene.queue())).receive(5_000);
      session.getXAResource().end(xid, XAResource.TMSUCCESS);
      session.getXAResource().prepare(xid);
    }
  }

  private static void commitInBroker(ArtemisProcess artemis, Xid xid) throws Exception {
    try (ActiveMQXAConnectionFactory factory =
            new ActiveMQXAConnectionFactory(artemis.address().url());
        XAConnection connection =
            factory.createXAConnection(
                artemis.address().username(), artemis.address().password())) {
      connection.createXASession().getXAResource().commit(xid, false);
    }
  }

  private static void prepareInDatabase(Database database, String gid) throws Exception {
    database.execute(
        "BEGIN", "INSERT INTO orders(id) VALUES (1)", "PREPARE TRANSACTION '" + gid + "'");
  }

  @ParameterizedTest
  @CsvSource({
    "judge, AT ENTRY, true",
    "judgement, AT ENTRY, false",
    "judge(int), AT ENTRY, false",
    "run, AT INVOKE learnUnknown, true",
    "run, AT INVOKE learn, false"
  })
  void aRuleThatBindsToNothingFailsItsTest(String method, String where, boolean binds) {
    assumeThat(RunnerProcess.isJar()).isTrue();
    String rule =
        """
        RULE one that may bind
        CLASS io.handfast.recovery.RecoveryScan
        METHOD %s
        %s
        IF true
        DO killJVM()
        ENDRULE
        """
            .formatted(method, where);

    ThrowingCallable injection = () -> InjectedRules.in(scene.directory().resolve("rule"), rule);

    if (binds) {
      assertThatCode(injection).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(injection).isInstanceOf(AssertionError.class).hasMessageContaining("RULE");
    }
  }
}
