package io.handfast.it.harness;

import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * What one test plays on: a broker and a PostgreSQL server that all tests share, names that no
 * other test uses, and coordinators that end with the test. What they printed stays in {@code
 * target/it-logs}, and their directories stay in {@code target/it-work} when the test has failed.
 * What a failed test's coordinators say of themselves at that moment is part of the failure, since
 * a build elsewhere leaves nothing else.
 */
public final class Scene
    implements BeforeEachCallback, AfterEachCallback, TestExecutionExceptionHandler {
  private static final String CREATE_ORDERS =
      "CREATE TABLE orders(id VARCHAR(255) PRIMARY KEY, item VARCHAR(255), qty BIGINT)";
  private static final String INSERT_ORDER =
      "INSERT INTO orders(id, item, qty) VALUES (:id, :item, :qty)";
  private static final AtomicInteger TESTS = new AtomicInteger();

  private final List<RunnerProcess> coordinators = new ArrayList<>();
  private final List<AutoCloseable> servers = new ArrayList<>();
  private final List<Path> directories = new ArrayList<>();
  private final Map<String, LogFile> logs = new HashMap<>();
  private String name;
  private String unique;
  private Database database;

  @Override
  public void beforeEach(ExtensionContext context) {
    this.name =
        context.getRequiredTestClass().getSimpleName()
            + "."
            + context.getRequiredTestMethod().getName();
    this.unique = "it" + TESTS.incrementAndGet();
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    if (failure instanceof TestAbortedException) { // an assumption, not a failure
      throw failure;
    }
    String said =
        coordinators.stream().map(RunnerProcess::account).collect(Collectors.joining("\n"));
    throw new AssertionError(failure.getMessage() + "\n" + said, failure);
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    coordinators.stream().filter(RunnerProcess::isAlive).forEach(RunnerProcess::kill9);
    if (context.getExecutionException().isEmpty()) {
      coordinators.stream().map(RunnerProcess::directory).forEach(Directories::delete);
      directories.forEach(Directories::delete);
    } else {
      // What the killed had sent last may still reach the broker: the next test gets another one.
      discardSharedArtemis();
    }
    for (AutoCloseable server : servers) {
      server.close();
    }
  }

  /** The shared broker, running. */
  public ArtemisProcess artemis() {
    return sharedArtemis();
  }

  /** A broker for this test alone, which gives a message up after so many deliveries. */
  public ArtemisProcess artemisWithMaxDeliveryAttempts(int number) {
    ArtemisProcess broker = new ArtemisProcess(number);
    servers.add(broker);
    return broker.start();
  }

  /**
   * A broker for this test alone, which is reached over TLS, too, by who shows this certificate.
   */
  public ArtemisProcess artemisWithTls(KeyPair keys) {
    ArtemisProcess broker = new ArtemisProcess().acceptTls(keys);
    servers.add(broker);
    return broker.start();
  }

  /** A private key and its certificate for this machine. */
  public KeyPair keyPair() {
    return KeyPair.in(directory(), log("keytool"));
  }

  /** The shared PostgreSQL server, running. */
  public PostgresProcess postgres() {
    return sharedPostgres();
  }

  /** The shared Kafka, running: only the tests that ask for it pay for it. */
  public KafkaProcess kafka() {
    return sharedKafka();
  }

  /** The Kafka that all tests of this process share, running. */
  static KafkaProcess sharedKafka() {
    return Kept.get("kafka", KafkaProcess.class, KafkaProcess::new).start();
  }

  /** The shared server of SQS' protocol, running: only the tests that ask for it pay for it. */
  public ElasticMqProcess sqs() {
    return sharedSqs();
  }

  /** The server of SQS' protocol that all tests of this process share, running. */
  static ElasticMqProcess sharedSqs() {
    return Kept.get("elasticmq", ElasticMqProcess.class, ElasticMqProcess::new).start();
  }

  /** The broker that all tests of this process share, running. */
  static ArtemisProcess sharedArtemis() {
    return Kept.get("artemis", ArtemisProcess.class, ArtemisProcess::new).start();
  }

  /** The PostgreSQL server that all tests of this process share, running. */
  static PostgresProcess sharedPostgres() {
    return Kept.get("postgres", PostgresProcess.class, () -> new PostgresProcess("postgres", 64))
        .start();
  }

  /** Ends the shared broker; the next test that asks for it gets a new one. */
  static void discardSharedArtemis() {
    Kept.discard("artemis");
  }

  /** A PostgreSQL server for this test alone. */
  public PostgresProcess postgresWithMaxPreparedTransactions(int number) {
    PostgresProcess server =
        new PostgresProcess("postgres-with-" + number + "-prepared-transactions", number);
    servers.add(server);
    return server.start();
  }

  /** This test's database on the shared PostgreSQL server. */
  public Database database() throws SQLException {
    if (database == null) {
      database = postgres().createDatabase(unique);
    }
    return database;
  }

  /** Looks at this test's queue on the shared broker and at the table. */
  public Auditor auditor(OrdersTable table) {
    return new Auditor(artemis().address(), table, queue());
  }

  /** A word that no other test uses, in lower case. */
  public String unique() {
    return unique;
  }

  /** A queue that no other test uses. */
  public String queue() {
    return unique + ".orders";
  }

  /** The configuration of a node on the shared broker and this test's database. */
  public RunnerConfiguration external(String node) throws SQLException {
    return disposable().set("handfast.node", node);
  }

  /** The same, of a node that takes another name at each start. */
  public RunnerConfiguration disposable() throws SQLException {
    return new RunnerConfiguration().broker(artemis().address()).database(database());
  }

  /**
   * The configuration of a node that brings its own broker, at that address, and database. A native
   * runner has no broker inside: it is told of this one, and of what a first run has beside it.
   */
  public RunnerConfiguration embedded(Broker broker) {
    return RunnerProcess.isJar()
        ? new RunnerConfiguration()
            .set("handfast.embedded.broker-port", URI.create(broker.url()).getPort())
        : new RunnerConfiguration().broker(broker);
  }

  /**
   * An address for an embedded broker, which asks for no credentials; for a native runner, a broker
   * for this test alone.
   */
  public Broker embeddedBroker() {
    return RunnerProcess.isJar()
        ? new Broker("tcp://127.0.0.1:" + Ports.free(), null, null)
        : closing(new ArtemisProcess()).start().address();
  }

  /** What a broker and a database inside bring: a name, SQL of clients, a table, its delivery. */
  static void completeFirstRun(RunnerConfiguration configuration, Path directory) {
    configuration.setIfAbsent("handfast.node", "local").setIfAbsent("handfast.client-sql", true);
    if (!configuration.declares("orders")) {
      configuration.delivery("orders", DeliverySpec.fromQueue("orders").statement(INSERT_ORDER));
    }
    Database.createEmbedded(directory.resolve("data"), CREATE_ORDERS);
  }

  /** Closes something when the test ends. */
  public <T extends AutoCloseable> T closing(T server) {
    servers.add(server);
    return server;
  }

  /** A port that nobody listens on. */
  public int freePort() {
    return Ports.free();
  }

  /** The API of a coordinator that this test has not started itself. */
  public Wire wire(int port) {
    return new Wire("http://127.0.0.1:" + port);
  }

  /** Starts a class of the tests as a process of its own. */
  public ChildProcess javaProcess(String log, Class<?> main, String... arguments) {
    return javaProcess(log, Tampering.NONE, main, arguments);
  }

  /** The same, tampered with. */
  public ChildProcess javaProcess(
      String log, Tampering tampering, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC"));
    command.addAll(tampering.javaOptions());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    LogFile file = log(log);
    return ChildProcess.start(command, Directories.build("."), file, tampering.environment());
  }

  /** What the process prints that was started with a log of this name. */
  public LogFile log(String log) {
    return logs.computeIfAbsent(log, process -> Directories.log(name, process));
  }

  /** A new directory, which ends with the test if that succeeds. */
  public Path directory() {
    Path directory = Directories.work(unique);
    directories.add(directory);
    return directory;
  }

  /** What the coordinators of this test have printed so far. */
  public List<String> logs() {
    return coordinators.stream().map(coordinator -> coordinator.log().tail(100_000)).toList();
  }

  /** A coordinator of this test, not started yet. */
  public RunnerProcess coordinator(String log, RunnerConfiguration configuration) {
    Path directory = Directories.work(unique);
    if (!RunnerProcess.isJar() && configuration.namesBroker() && !configuration.namesDatabase()) {
      completeFirstRun(configuration, directory);
    }
    RunnerProcess coordinator =
        new RunnerProcess(directory, Directories.log(name, log), configuration);
    coordinators.add(coordinator);
    return coordinator;
  }
}
