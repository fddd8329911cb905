package io.handfast.it.harness;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A coordinator that outlives the test that has started it; it ends with the test process. */
final class SharedProcess implements AutoCloseable {
  private static final AtomicInteger NODES = new AtomicInteger();

  /** What it works on; none for one that brings its own. */
  private final Servers servers;

  private final Database database;
  private final RunnerProcess node;
  private final AutoCloseable broker;
  private boolean keepsDirectory;
  private boolean isHanded;

  private SharedProcess(
      Servers servers, Database database, RunnerProcess node, AutoCloseable broker) {
    this.servers = servers;
    this.database = database;
    this.node = node;
    this.broker = broker;
  }

  /** The one of that key, on the servers that are shared now. */
  static SharedProcess of(String key, UnaryOperator<RunnerConfiguration> settings)
      throws SQLException {
    ArtemisProcess artemis = Scene.sharedArtemis();
    return of(
        key,
        new Servers(artemis, Scene.sharedPostgres()),
        configuration -> settings.apply(configuration.broker(artemis.address())),
        Tampering.NONE);
  }

  /** The one of that key, without a broker, on the shared server of SQS' protocol. */
  static SharedProcess ofSqs(String key) throws SQLException {
    return of(
        key,
        new Servers(null, Scene.sharedPostgres()),
        configuration -> configuration.withoutBroker().sqs(Scene.sharedSqs()),
        ElasticMqProcess.CREDENTIALS);
  }

  private static SharedProcess of(
      String key, Servers servers, UnaryOperator<RunnerConfiguration> settings, Tampering tampering)
      throws SQLException {
    SharedProcess known = ifStarted(key);
    if (known != null && servers.equals(known.servers)) {
      return known;
    }
    discard(key, false);
    Database database = databaseFor(key);
    String name = nextName();
    RunnerConfiguration configuration =
        new RunnerConfiguration()
            .set("handfast.node", name)
            .set("handfast.client-sql", true)
            .database(database);
    RunnerProcess node =
        new RunnerProcess(
            Directories.work(name), Directories.sharedLog(name), settings.apply(configuration));
    node.tamperedWith(tampering);
    return keep(key, new SharedProcess(servers, database, node, () -> {}));
  }

  /** The one of that key, with a broker and a database of its own. */
  static SharedProcess embedded(String key, UnaryOperator<RunnerConfiguration> settings) {
    SharedProcess known = ifStarted(key);
    if (known != null) {
      return known;
    }
    String name = nextName();
    Path directory = Directories.work(name);
    RunnerConfiguration configuration = new RunnerConfiguration();
    AutoCloseable broker = () -> {};
    if (RunnerProcess.isJar()) {
      configuration.set("handfast.embedded.broker-port", 0);
      settings.apply(configuration);
    } else {
      ArtemisProcess beside = new ArtemisProcess().start();
      broker = beside;
      Scene.completeFirstRun(settings.apply(configuration.broker(beside.address())), directory);
    }
    RunnerProcess node = new RunnerProcess(directory, Directories.sharedLog(name), configuration);
    return keep(key, new SharedProcess(null, node.embeddedDatabase(), node, broker));
  }

  private static String nextName() {
    return "shared" + NODES.incrementAndGet();
  }

  private static SharedProcess keep(String key, SharedProcess created) {
    return Kept.get(keyOf(key), SharedProcess.class, () -> created);
  }

  private static String keyOf(String key) {
    return "node " + key;
  }

  /** The second coordinator works on the database of the first, each class on one of its own. */
  private static Database databaseFor(String key) throws SQLException {
    return key.equals("second")
        ? of("first", UnaryOperator.identity()).database
        : Scene.sharedPostgres().createDatabase(nextName());
  }

  /** The one of that key, or null. */
  static SharedProcess ifStarted(String key) {
    return Kept.ifThere(keyOf(key), SharedProcess.class);
  }

  /** Ends the one of that key; the next test that asks gets another. */
  static void discard(String key, boolean keepsDirectory) {
    SharedProcess known = ifStarted(key);
    if (known != null) {
      known.keepsDirectory = keepsDirectory;
      Kept.discard(keyOf(key));
    }
  }

  /** The next call of {@link #ready} is that of another test. */
  void handBack() {
    isHanded = false;
  }

  /** The coordinator, started where a test before has ended it, and ready. */
  RunnerProcess ready() {
    if (!isHanded) {
      if (!node.isAlive()) {
        node.launch();
      }
      node.awaitReady();
      isHanded = true;
    }
    return node;
  }

  /** The coordinator, as it is. */
  RunnerProcess node() {
    return node;
  }

  /** Its database. */
  Database database() {
    return database;
  }

  @Override
  public void close() {
    if (node.isAlive()) {
      node.kill9();
    }
    if (!keepsDirectory) {
      Directories.delete(node.directory());
    }
    try {
      broker.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** The servers that all tests of this process share; no broker for a node that has none. */
  private record Servers(ArtemisProcess artemis, PostgresProcess postgres) {}
}
