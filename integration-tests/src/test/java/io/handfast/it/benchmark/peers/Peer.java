package io.handfast.it.benchmark.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.handfast.it.harness.Broker;
import io.handfast.it.harness.ChildProcess;
import io.handfast.it.harness.Database;
import io.handfast.it.harness.Directories;
import io.handfast.it.harness.Eventually;
import io.handfast.it.harness.KafkaProcess;
import io.handfast.it.harness.LogFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What somebody would use instead of Handfast, as a process of its own: built from {@code peers/},
 * which only {@code -Ppeers} does, and told what to do by environment variables. What it prints
 * stays in {@code target/it-logs/peers}.
 */
public final class Peer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String module;
  private final Path jar;
  private final Map<String, String> environment = new TreeMap<>();
  private LogFile log;
  private Path ownDirectory;
  private ChildProcess process;

  private Peer(String module, String jar) {
    Path peers = Path.of(System.getProperty("peers.directory", "../peers")).toAbsolutePath();
    this.module = module;
    this.jar = peers.resolve(module).resolve("target").resolve(jar).normalize();
  }

  /** Quarkus with Narayana. */
  public static Peer quarkusNarayana() {
    return new Peer("quarkus-narayana", "quarkus-app/quarkus-run.jar");
  }

  /** Spring Boot with Atomikos. */
  public static Peer springBootAtomikos() {
    return new Peer("spring-boot-atomikos", "handfast-peer-spring-boot-atomikos.jar");
  }

  /** Plain JMS and JDBC: at-least-once, deduplication-table, drain or insert. */
  public static Peer handWritten(String mode) {
    return new Peer("hand-written", "handfast-peer-hand-written.jar").with("MODE", mode);
  }

  /** Kafka's client and JDBC: at-least-once or deduplication-table. */
  public static Peer kafkaHandWritten(String mode) {
    return new Peer("kafka-hand-written", "handfast-peer-kafka-hand-written.jar")
        .with("MODE", mode);
  }

  /** Spring for Apache Kafka. */
  public static Peer springKafka() {
    return new Peer("spring-kafka", "handfast-peer-spring-kafka.jar");
  }

  /** Sets an environment variable; peers/README.md has the list. */
  public Peer with(String key, Object value) {
    environment.put(key, String.valueOf(value));
    return this;
  }

  /** Sets where the broker is and which queue it takes from. */
  public Peer from(Broker broker, String queue) {
    return with("BROKER_URL", broker.url())
        .with("BROKER_USER", broker.username())
        .with("BROKER_PASSWORD", broker.password())
        .with("QUEUE", queue);
  }

  /** Sets where Kafka is and which topic it takes from. */
  public Peer from(KafkaProcess kafka, String topic) {
    return with("BROKER_URL", kafka.address()).with("TOPIC", topic);
  }

  /** Sets the database it writes to, which has a table {@code sink}. */
  public Peer into(Database database) {
    return with("DATABASE_URL", database.url())
        .with("DATABASE_USER", database.username())
        .with("DATABASE_PASSWORD", database.password());
  }

  /** Starts it and waits until all its consumers are subscribed. */
  public Peer start() {
    assertThat(jar).as("build the peers first, with -Ppeers").exists();
    if (log == null) {
      log = Directories.log("peers", name());
    }
    if (!environment.containsKey("WORK_DIRECTORY")) {
      ownDirectory = Directories.work(module);
      with("WORK_DIRECTORY", ownDirectory);
    }
    long before = timesConsuming();
    Path directory = Path.of(environment.get("WORK_DIRECTORY"));
    process = ChildProcess.start(command(), directory, log, environment);
    try {
      Eventually.within(PATIENCE, () -> awaitConsuming(before));
    } catch (IllegalStateException e) {
      throw new AssertionError(name() + " has ended; " + log.tail(60), e);
    }
    return this;
  }

  private void awaitConsuming(long before) {
    boolean alive = process.isAlive();
    if (timesConsuming() == before) {
      if (!alive) {
        throw new IllegalStateException("not consuming");
      }
      throw new AssertionError(name() + " does not consume; " + log.tail(60));
    }
  }

  private long timesConsuming() {
    return log.linesWith("^consuming$").size();
  }

  private List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC")); // as coordinators are run here
    command.addAll(List.of("-jar", jar.toString()));
    return command;
  }

  /** SIGTERM, and waits for the end. */
  public void stop() {
    process.terminate(PATIENCE);
    deleteOwnDirectory();
  }

  /** Waits until it ends by itself, as {@code insert} does. */
  public ChildProcess.Exit awaitExit(Duration patience) {
    ChildProcess.Exit exit = process.awaitExit(patience);
    deleteOwnDirectory();
    return exit;
  }

  private void deleteOwnDirectory() {
    if (ownDirectory != null) {
      Directories.delete(ownDirectory);
      ownDirectory = null;
      environment.remove("WORK_DIRECTORY");
    }
  }

  /** Its module, and its mode if one was set: for tables and logs. */
  public String name() {
    return environment.containsKey("MODE") ? module + "-" + environment.get("MODE") : module;
  }

  /** What it has printed. */
  public LogFile log() {
    return log;
  }

  /** Its process, which may be frozen. */
  public ChildProcess process() {
    return process;
  }

  /** Its operating system process. */
  public long pid() {
    return process.pid();
  }

  /** SIGKILL, if it still runs. */
  @Override
  public void close() {
    if (process != null && process.isAlive()) {
      process.kill9();
    }
  }

  @Override
  public String toString() {
    return name();
  }
}
