package io.handfast.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * ElasticMQ, a server of SQS' protocol, from its published jars, and requests to it. It is not
 * Amazon's, and looks at no credentials. Its port and what it has on disk stay the same over all
 * its restarts. Queues are created by tests only.
 */
public final class ElasticMqProcess implements AutoCloseable {

  /** What a runner needs to sign its requests. */
  public static final Tampering CREDENTIALS =
      new Tampering(
          List.of(), Map.of("AWS_ACCESS_KEY_ID", "key", "AWS_SECRET_ACCESS_KEY", "secret"));

  /** The name of the region that it says it is. */
  public static final String REGION = "elasticmq";

  /**
   * ElasticMQ 1.7.1 restores messages as those of a queue that keeps no order (DBMessage): after a
   * restart those that were in flight come behind the others of their group.
   */
  private static final String RESTORED_IN_ORDER =
      """
      RULE restored in order
      CLASS org.elasticmq.actor.queue.InternalMessage
      METHOD isFifo
      AT EXIT
      IF true
      DO return $0.messageGroupId().isDefined()
      ENDRULE
      """;

  /** What a queue takes in one request. */
  private static final int BATCH = 10;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  private final Path directory = Directories.work("elasticmq");
  private final int port = Ports.free();
  private final LogFile log;
  private final Set<String> queues = new HashSet<>();
  private ChildProcess process;

  public ElasticMqProcess() {
    this("elasticmq");
  }

  public ElasticMqProcess(String name) {
    this.log = Directories.sharedLog(name);
    String settings =
        """
        include classpath("application.conf")
        node-address { protocol = http, host = "127.0.0.1", port = %1$d, context-path = "" }
        rest-sqs { enabled = true, bind-port = %1$d, bind-hostname = "127.0.0.1", sqs-limits = strict }
        rest-stats { enabled = false }
        aws { region = %2$s, accountId = 000000000000 }
        queues-storage { enabled = true, path = "%3$s/queues.conf" }
        messages-storage { enabled = true, uri = "jdbc:h2:%3$s/messages;WRITE_DELAY=0" }
        """
            .formatted(port, REGION, directory);
    try {
      Files.writeString(directory.resolve("elasticmq.conf"), settings);
      Files.writeString(directory.resolve("order.btm"), RESTORED_IN_ORDER);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it, if it does not run, and waits until it answers. */
  public ElasticMqProcess start() {
    if (!isAlive()) {
      process = launch();
      Eventually.within(PATIENCE, () -> assertThat(isAnswering()).as(log.tail(5)).isTrue());
    }
    return this;
  }

  private ChildProcess launch() {
    try {
      String classPath = Files.readString(Directories.build("servers.class-path")).strip();
      List<String> command =
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-Xmx192m",
              "-XX:+UseSerialGC",
              "-XX:TieredStopAtLevel=1",
              InjectedRules.agent(directory.resolve("order.btm")),
              "-Dconfig.file=elasticmq.conf",
              "-cp",
              classPath,
              "org.elasticmq.server.Main");
      return ChildProcess.start(command, directory, log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isAnswering() {
    if (!isAlive()) {
      throw new IllegalStateException("ElasticMQ has ended\n" + log.tail(40));
    }
    try {
      // It answers before it knows its queues again.
      String known = call("ListQueues", JSON.createObjectNode()).path("QueueUrls").toString();
      return queues.stream().allMatch(queue -> known.contains("/" + queue + '"'));
    } catch (UncheckedIOException e) {
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

  /** Where it can be reached, when it runs. */
  public URI address() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** What it has written, over all its starts. */
  public LogFile log() {
    return log;
  }

  private JsonNode call(String action, ObjectNode body) {
    HttpRequest request =
        HttpRequest.newBuilder(address())
            .timeout(Duration.ofSeconds(10))
            .header("Content-Type", "application/x-amz-json-1.0")
            .header("X-Amz-Target", "AmazonSQS." + action)
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build();
    try {
      HttpResponse<String> answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IllegalStateException(action + ": " + answer.body());
      }
      return answer.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private ObjectNode about(String queue) {
    return JSON.createObjectNode().put("QueueUrl", address() + "/000000000000/" + queue);
  }

  /** Creates a queue; one that keeps an order where its name ends as those do. */
  public void createQueue(String queue, Map<String, String> attributes) {
    ObjectNode body = JSON.createObjectNode().put("QueueName", queue);
    ObjectNode all = body.putObject("Attributes");
    attributes.forEach(all::put);
    if (queue.endsWith(".fifo")) {
      all.put("FifoQueue", "true");
    }
    call("CreateQueue", body);
    queues.add(queue);
  }

  /** The redrive policy of a queue whose messages go to another after so many receives. */
  public static String redrive(String to, int receives) {
    return "{\"deadLetterTargetArn\":\"arn:aws:sqs:%s:000000000000:%s\",\"maxReceiveCount\":\"%d\"}"
        .formatted(REGION, to, receives);
  }

  /** Sends a message in a group, with a deduplication id. */
  public void send(String queue, String group, String id, String body) {
    send(queue, group, id, body, Map.of());
  }

  /** The same with attributes, as in {@code Number:12.50}: type and value. */
  public void send(
      String queue, String group, String id, String body, Map<String, String> attributes) {
    ObjectNode message =
        about(queue)
            .put("MessageBody", body)
            .put("MessageGroupId", group)
            .put("MessageDeduplicationId", id);
    ObjectNode all = message.putObject("MessageAttributes");
    attributes.forEach(
        (name, attribute) -> {
          String[] parts = attribute.split(":", 2);
          all.putObject(name).put("DataType", parts[0]).put("StringValue", parts[1]);
        });
    call("SendMessage", message);
  }

  /** Sends orders to as many groups in turn, each with its id as deduplication id. */
  public void sendToGroups(String queue, Orders orders, int groups) {
    sendAll(
        queue,
        orders,
        (id, entry) ->
            entry.put("MessageGroupId", "g" + id % groups).put("MessageDeduplicationId", "m" + id));
  }

  /** Sends orders to a queue that keeps no order. */
  public void sendAll(String queue, Orders orders) {
    sendAll(queue, orders, (id, entry) -> {});
  }

  private void sendAll(String queue, Orders orders, BiConsumer<Long, ObjectNode> attributes) {
    List<Long> ids = orders.ids();
    for (int i = 0; i < ids.size(); i += BATCH) {
      ObjectNode body = about(queue);
      ArrayNode entries = body.putArray("Entries");
      for (long id : ids.subList(i, Math.min(ids.size(), i + BATCH))) {
        attributes.accept(
            id,
            entries.addObject().put("Id", String.valueOf(id)).put("MessageBody", Orders.json(id)));
      }
      JsonNode answer = call("SendMessageBatch", body);
      assertThat(answer.path("Failed").size()).as(answer.toString()).isZero();
    }
  }

  /** Sends a message to a queue that keeps no order. */
  public void send(String queue, String body) {
    call("SendMessage", about(queue).put("MessageBody", body));
  }

  /** Sends a message in a group to a queue that makes its deduplication id from the body. */
  public void send(String queue, String group, String body) {
    call("SendMessage", about(queue).put("MessageBody", body).put("MessageGroupId", group));
  }

  /**
   * Ends and starts again with all queues and messages, and without the deduplication ids of those
   * that were deleted: as SQS forgets them after five minutes.
   */
  public void forgetDeduplicationIds() {
    kill9();
    start();
  }

  /** How many messages a queue has, those in flight included. */
  public long messages(String queue) {
    ObjectNode body = about(queue);
    body.putArray("AttributeNames").add("All");
    JsonNode attributes = call("GetQueueAttributes", body).path("Attributes");
    return attributes.path("ApproximateNumberOfMessages").asLong()
        + attributes.path("ApproximateNumberOfMessagesNotVisible").asLong()
        + attributes.path("ApproximateNumberOfMessagesDelayed").asLong();
  }

  @Override
  public void close() {
    if (process != null) {
      process.kill9();
    }
    Directories.delete(directory);
  }
}
