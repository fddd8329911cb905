package io.handfast.it.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.handfast.it.harness.ArtemisProcess;
import io.handfast.it.harness.Auditor;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.KafkaProcess;
import io.handfast.it.harness.Orders;
import io.handfast.it.harness.OrdersTable;
import io.handfast.it.harness.PostgresProcess;
import io.handfast.it.harness.Scene;
import jakarta.jms.XAConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.apache.activemq.artemis.core.transaction.impl.XidImpl;
import org.apache.activemq.artemis.jms.client.ActiveMQXAConnectionFactory;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The servers really die, and keep what is prepared, or the other tests here would prove little.
 */
class ServersIT {
  @RegisterExtension final Scene scene = new Scene();

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

  @Test
  void whatKafkaHasTakenOutlivesItsKillAndItCanStandStill() throws Exception {
    KafkaProcess kafka = scene.closing(new KafkaProcess("killed-kafka", Map.of())).start();
    kafka.createTopic("orders", 2);
    kafka.send("orders", 2, List.of("a", "b", "c"));

    kafka.process().freeze();
    assertThatThrownBy(() -> kafka.createTopic("other", 1)).isInstanceOf(ExecutionException.class);
    kafka.process().thaw();
    kafka.kill9();
    kafka.start();

    try (Admin admin = kafka.admin()) {
      assertThat(
              admin
                  .listOffsets(Map.of(new TopicPartition("orders", 0), OffsetSpec.latest()))
                  .partitionResult(new TopicPartition("orders", 0))
                  .get()
                  .offset())
          .isEqualTo(2);
    }
    assertThat(kafka.keptOffsets("group", "orders")).isEmpty();
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
}
