package io.handfast.kafka;

import io.handfast.concurrent.Deadline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * A real Kafka for the tests of this module: one node in a process of its own, stopped with this
 * process. What it says is in {@code target/kafka-server}.
 */
final class KafkaServer {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String CLUSTER = "handfast-tests-cluster";

  /** The one that tests share. */
  private static final class Shared {
    private static final KafkaServer SERVER = new KafkaServer(List.of());
  }

  private final Path directory;
  private final int port = freePort();
  private final Process server;

  /** Starts one with more settings, as they stand in its file. */
  KafkaServer(List<String> more) {
    try {
      Path parent = Files.createDirectories(Path.of("target", "kafka-server"));
      directory = Files.createTempDirectory(parent.toAbsolutePath(), "server-");
      List<String> settings = new ArrayList<>(properties(freePort()).lines().toList());
      settings.addAll(more);
      Files.write(directory.resolve("server.properties"), settings);
      Process formatting =
          start("format", "kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c");
      if (!formatting.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("still formats its directory: " + directory);
      }
      server = start("server", "kafka.Kafka");
      Runtime.getRuntime().addShutdownHook(new Thread(server::destroyForcibly));
      awaitPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  static KafkaServer shared() {
    return Shared.SERVER;
  }

  /** Its address, for the client's {@code bootstrap.servers}. */
  String address() {
    return "127.0.0.1:" + port;
  }

  /** Creates topics, and returns when the node tells of them: that may be a moment later. */
  static void create(Admin admin, List<NewTopic> topics) throws Exception {
    admin.createTopics(topics).all().get();
    Set<String> names = topics.stream().map(NewTopic::name).collect(Collectors.toSet());
    Deadline deadline = Deadline.after(PATIENCE);
    while (!admin.listTopics().names().get().containsAll(names)) {
      if (deadline.isOver()) {
        throw new IllegalStateException("created, and not listed: " + names);
      }
      Thread.sleep(10);
    }
  }

  void stop() {
    server.destroyForcibly();
  }

  /** It stands still, with all its connections open, until {@link #thaw}. */
  void freeze() throws Exception {
    signal("-STOP");
  }

  void thaw() throws Exception {
    signal("-CONT");
  }

  private void signal(String signal) throws Exception {
    String pid = Long.toString(server.pid());
    if (new ProcessBuilder("kill", signal, pid).inheritIO().start().waitFor() != 0) {
      throw new IllegalStateException("kill " + signal + " failed");
    }
  }

  private String properties(int controllerPort) {
    return """
        process.roles=broker,controller
        node.id=1
        controller.quorum.voters=1@127.0.0.1:%2$d
        listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
        listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
        inter.broker.listener.name=PLAINTEXT
        controller.listener.names=CONTROLLER
        log.dirs=%3$s
        offsets.topic.num.partitions=1
        offsets.topic.replication.factor=1
        transaction.state.log.num.partitions=1
        transaction.state.log.replication.factor=1
        transaction.state.log.min.isr=1
        group.initial.rebalance.delay.ms=0
        auto.create.topics.enable=false
        """
        .formatted(port, controllerPort, directory.resolve("data"));
  }

  private Process start(String log, String main, String... arguments) throws IOException {
    String classPath = Files.readString(Path.of("target", "servers.class-path"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("-Dorg.slf4j.simpleLogger.showDateTime=true");
    command.add("-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS");
    command.addAll(List.of("-cp", classPath.strip(), main));
    command.addAll(List.of(arguments));
    command.add("server.properties");
    return new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve(log + ".log").toFile())
        .start();
  }

  private void awaitPort() throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!isListening()) {
      if (!server.isAlive() || System.nanoTime() > end) {
        server.destroyForcibly();
        throw new IllegalStateException(
            "no Kafka: " + Files.readString(directory.resolve("server.log")));
      }
      Thread.sleep(50);
    }
  }

  private boolean isListening() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
