package io.handfast.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A real Kafka of one node, from its published jars, and clients of it. Its port and data stay the
 * same over all its restarts. Topics are created by tests only.
 */
public final class KafkaProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String CLUSTER = "handfast-tests-cluster";

  private final Path directory = Directories.work("kafka");
  private final int port = Ports.free();
  private final LogFile log;
  private final List<String> javaOptions;
  private ChildProcess process;

  public KafkaProcess() {
    this("kafka", Map.of());
  }

  /** One with more settings, as they stand in {@code server.properties}. */
  public KafkaProcess(String name, Map<String, String> settings) {
    this(name, settings, List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"));
  }

  private KafkaProcess(String name, Map<String, String> settings, List<String> javaOptions) {
    this.log = Directories.sharedLog(name);
    this.javaOptions = javaOptions;
    write(settings);
    int code =
        launch("kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c").awaitExit(PATIENCE).code();
    if (code != 0) {
      throw new IllegalStateException("format exited with " + code + "\n" + log.tail(40));
    }
  }

  /** One for benchmarks: slower to start, and as fast afterwards as it is elsewhere. */
  public static KafkaProcess compiledFully(String name) {
    return new KafkaProcess(name, Map.of(), List.of("-Xmx512m"));
  }

  private void write(Map<String, String> more) {
    int controller = Ports.free();
    Map<String, String> settings = new TreeMap<>();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
    settings.put(
        "listeners",
        "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(port, controller));
    settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("inter.broker.listener.name", "PLAINTEXT");
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("log.dirs", directory.resolve("data").toString());
    settings.put("offsets.topic.num.partitions", "1");
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("transaction.state.log.num.partitions", "1");
    settings.put("transaction.state.log.replication.factor", "1");
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("group.min.session.timeout.ms", "1000");
    settings.put("auto.create.topics.enable", "false");
    // One that was killed may register again only after its session: 9 seconds by default.
    settings.put("broker.session.timeout.ms", "2000");
    settings.put("broker.heartbeat.interval.ms", "500");
    settings.putAll(more);
    List<String> lines =
        settings.entrySet().stream().map(one -> one.getKey() + "=" + one.getValue()).toList();
    try {
      Files.write(directory.resolve("server.properties"), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ChildProcess launch(String main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UseSerialGC");
    command.addAll(javaOptions);
    command.add("-Dorg.slf4j.simpleLogger.showDateTime=true");
    command.add("-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS");
    command.addAll(List.of("-cp", classPath(), main));
    command.addAll(List.of(arguments));
    command.add("server.properties");
    return ChildProcess.start(command, directory, log);
  }

  private static String classPath() {
    try {
      return Files.readString(Directories.build("servers.class-path")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it, if it does not run, and waits until it answers. */
  public KafkaProcess start() {
    if (!isAlive()) {
      process = launch("kafka.Kafka");
      Eventually.within(PATIENCE, () -> assertThat(isAnswering()).as(log.tail(5)).isTrue());
    }
    return this;
  }

  private boolean isAnswering() throws InterruptedException {
    if (!isAlive()) {
      throw new IllegalStateException("Kafka has ended\n" + log.tail(40));
    }
    try (Admin admin = admin()) {
      admin.describeCluster().nodes().get(5, TimeUnit.SECONDS);
      return true;
    } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
      return false;
    }
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** The operating system process, which a test may freeze. */
  public ChildProcess process() {
    return process;
  }

  /** SIGKILL. */
  public void kill9() {
    process.kill9();
  }

  /** SIGTERM: an orderly stop. */
  public void stop() {
    process.terminate(PATIENCE);
  }

  /** What it has written, over all its starts. */
  public LogFile log() {
    return log;
  }

  /** Where it can be reached, when it runs: a client's {@code bootstrap.servers}. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  private Map<String, Object> settings() {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", address());
    settings.put("request.timeout.ms", "4000");
    settings.put("default.api.timeout.ms", "5000");
    return settings;
  }

  /** A client that administers it; to be closed. */
  public Admin admin() {
    return Admin.create(settings());
  }

  /** Creates a topic, and returns when the broker tells of it: that may be a moment later. */
  public void createTopic(String topic, int partitions) throws Exception {
    try (Admin admin = admin()) {
      admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
      Eventually.within(
          Duration.ofSeconds(20),
          () -> assertThat(admin.listTopics().names().get()).contains(topic));
    }
  }

  public void addPartitions(String topic, int total) throws Exception {
    try (Admin admin = admin()) {
      admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(total))).all().get();
    }
  }

  public void deleteTopic(String topic) throws Exception {
    try (Admin admin = admin()) {
      admin.deleteTopics(Set.of(topic)).all().get();
    }
  }

  /**
   * Sends the bodies to the partitions in turn, the first one to partition 0; returns when all are
   * taken.
   */
  public void send(String topic, int partitions, List<String> bodies) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      int next = 0;
      for (String body : bodies) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        producer.send(new ProducerRecord<>(topic, next++ % partitions, null, bytes));
      }
      producer.flush();
    }
  }

  /** Sends a message with a key, to the partition that Kafka finds for it; a null body is none. */
  public void send(String topic, String key, String body) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      byte[] bytes = body == null ? null : body.getBytes(StandardCharsets.UTF_8);
      producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), bytes)).get();
    }
  }

  /** Sends a message with headers to a partition. */
  public void send(String topic, int partition, Map<String, byte[]> headers, String body)
      throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, partition, null, bytes);
      headers.forEach(record.headers()::add);
      producer.send(record).get();
    }
  }

  /** A producer that waits for all replicas; to be closed. */
  public KafkaProducer<byte[], byte[]> producer() {
    return producer(Map.of());
  }

  /** The same with more settings. */
  public KafkaProducer<byte[], byte[]> producer(Map<String, String> more) {
    Map<String, Object> settings = new HashMap<>(more);
    settings.put("bootstrap.servers", address());
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** How far a group is by what Kafka keeps for it: the next offset of each partition. */
  public Map<Integer, Long> keptOffsets(String group, String topic) throws Exception {
    Map<Integer, Long> offsets = new TreeMap<>();
    try (Admin admin = admin()) {
      Map<TopicPartition, OffsetAndMetadata> kept =
          admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
      kept.forEach(
          (partition, offset) -> {
            if (partition.topic().equals(topic) && offset != null) {
              offsets.put(partition.partition(), offset.offset());
            }
          });
    }
    return offsets;
  }

  @Override
  public void close() {
    if (process != null) {
      process.kill9();
    }
    Directories.delete(directory);
  }
}
