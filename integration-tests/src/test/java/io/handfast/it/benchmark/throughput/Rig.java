package io.handfast.it.benchmark.throughput;

import io.handfast.it.harness.ArtemisProcess;
import io.handfast.it.harness.Broker;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.Faults;
import io.handfast.it.harness.PostgresProcess;
import io.handfast.it.harness.ProcessTree;
import io.handfast.it.harness.Scene;
import io.handfast.it.harness.Tampering;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ClientSession.QueueQuery;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.jms.client.ActiveMQSession;

/**
 * The broker and the database that all contestants share, as processes of their own, for one time
 * that a force takes.
 */
final class Rig implements AutoCloseable {
  private static final AtomicInteger PLACES = new AtomicInteger();
  private static final int MAX_PREPARED_TRANSACTIONS = 64;

  private final Scene scene;
  private final Duration force;
  private final Tampering tampering;
  private final ArtemisProcess artemis;
  private final PostgresProcess postgres;
  private final ActiveMQConnectionFactory factory;
  private final Connection connection;
  private final ActiveMQSession session;

  private Rig(Scene scene, Duration force, List<String> brokerOptions) throws JMSException {
    this.scene = scene;
    this.force = force;
    this.tampering =
        force.isZero()
            ? Tampering.NONE
            : Faults.ofAllProcesses().forcesTake(force).tamperingWithForces();
    String name = "throughput-" + force.toMillis();
    this.artemis = new ArtemisProcess("artemis-" + name, brokerOptions, tampering).start();
    this.postgres =
        new PostgresProcess(
                "postgres-" + name,
                MAX_PREPARED_TRANSACTIONS,
                Map.of("track_commit_timestamp", "on"))
            .start();
    if (!force.isZero()) {
      postgres.restart(tampering);
    }
    Broker broker = artemis.address();
    this.factory = new ActiveMQConnectionFactory(broker.url());
    this.connection = factory.createConnection(broker.username(), broker.password());
    this.session = (ActiveMQSession) connection.createSession();
  }

  /** A rig on the disk as it is, with the journal that {@code artemis create} finds best. */
  static Rig asItIs(Scene scene) throws JMSException {
    return new Rig(scene, Duration.ZERO, List.of());
  }

  /**
   * A rig whose forces take so much longer, those of contestants that are started with its
   * tampering included. The broker's journal is NIO's, since what the kernel writes for libaio is
   * no force that could be held up.
   */
  static Rig withForces(Scene scene, Duration longer) throws Exception {
    Rig rig = new Rig(scene, longer, List.of("--nio"));
    try (Place place = rig.place()) {
      double least = Math.min(commitMillis(place), rig.sendMillis(place));
      if (least < longer.toMillis()) {
        rig.close();
        throw new IllegalStateException("a force of %s takes %f ms".formatted(longer, least));
      }
    }
    return rig;
  }

  /** A place where nothing is yet: a queue and a database, with an empty table {@code sink}. */
  Place place() throws SQLException {
    String name = "t" + PLACES.incrementAndGet();
    Database database = postgres.createDatabase(name);
    database.execute("CREATE TABLE sink(id bigint NOT NULL, body text NOT NULL)");
    return new Place(this, name, database);
  }

  Scene scene() {
    return scene;
  }

  Broker broker() {
    return artemis.address();
  }

  /** What contestants are to be started with. */
  Tampering tampering() {
    return tampering;
  }

  /** All messages of the queue; 0 without it. */
  synchronized long queued(String queue) throws Exception {
    QueueQuery found = core().queueQuery(SimpleString.of(queue));
    return found.isExists() ? found.getMessageCount() : 0;
  }

  synchronized void remove(Place place) throws Exception {
    if (core().queueQuery(SimpleString.of(place.queue())).isExists()) {
      core().deleteQueue(place.queue());
    }
    postgres.dropDatabase(place.queue());
  }

  private ClientSession core() throws ActiveMQException {
    return session.getCoreSession();
  }

  /** The broker's process and the database's. */
  List<ProcessTree> servers() {
    return List.of(
        new ProcessTree(artemis.process().pid()), new ProcessTree(postgres.postmaster().pid()));
  }

  /** Versions, settings, and what a force takes, as one transaction sees it. */
  String description() throws Exception {
    try (Place place = place()) {
      List<String> version = place.database().values("SHOW server_version");
      return "PostgreSQL %s (wal_sync_method %s, max_prepared_transactions %d, track_commit_timestamp on, else its defaults), Artemis %s (as `artemis create` leaves it: journal %s, journal-buffer-timeout %s ns, its default memory; max-delivery-attempts -1); %sa commit takes %.2f ms in PostgreSQL, a transacted send %.2f ms"
          .formatted(
              version.get(0).replaceAll(" .*", ""),
              place.database().values("SHOW wal_sync_method").get(0),
              MAX_PREPARED_TRANSACTIONS,
              System.getProperty("throughput.artemis", "unknown"),
              artemis.configured("journal-type").orElse("?"),
              artemis.configured("journal-buffer-timeout").orElse("?"),
              force.isZero() ? "" : "each force takes %d ms longer; ".formatted(force.toMillis()),
              commitMillis(place),
              sendMillis(place));
    }
  }

  private static double commitMillis(Place place) throws Exception {
    try (java.sql.Connection database = place.database().connect();
        Statement statement = database.createStatement()) {
      return Probe.medianMillis(() -> statement.execute("INSERT INTO sink VALUES (0, '')"));
    }
  }

  private double sendMillis(Place place) throws Exception {
    try (Session transacted = connection.createSession(Session.SESSION_TRANSACTED);
        MessageProducer producer =
            transacted.createProducer(transacted.createQueue(place.queue()))) {
      return Probe.medianMillis(
          () -> {
            producer.send(transacted.createTextMessage("{}"));
            transacted.commit();
          });
    }
  }

  @Override
  public void close() throws Exception {
    connection.close();
    factory.close();
    artemis.close();
    postgres.close();
  }
}
