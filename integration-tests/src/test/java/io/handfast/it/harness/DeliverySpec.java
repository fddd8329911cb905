package io.handfast.it.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/** A delivery to declare: over REST as JSON, or in configuration as keys with the same names. */
public final class DeliverySpec {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ObjectNode json = JSON.createObjectNode();

  /** From a queue into a table, all else by default. */
  public static DeliverySpec of(String queue, OrdersTable table) {
    return fromQueue(queue).statement(table.insert());
  }

  /** From a queue; what happens to the messages is still to be said. */
  public static DeliverySpec fromQueue(String queue) {
    DeliverySpec specification = new DeliverySpec();
    specification.json.putObject("source").put("queue", queue);
    return specification;
  }

  /** From a durable subscription; what happens to the messages is still to be said. */
  public static DeliverySpec fromTopic(String topic, String subscription) {
    DeliverySpec specification = new DeliverySpec();
    specification.json.putObject("source").put("topic", topic).put("subscription", subscription);
    return specification;
  }

  /** From a topic of Kafka; what happens to the records is still to be said. */
  public static DeliverySpec fromKafka(String topic) {
    DeliverySpec specification = new DeliverySpec();
    specification.json.putObject("source").putObject("kafka").put("topic", topic);
    return specification;
  }

  /** Tells records of Kafka apart by a header. */
  public DeliverySpec knownBy(String header) {
    json.withObjectProperty("source")
        .withObjectProperty("kafka")
        .putObject("key")
        .put("header", header);
    return this;
  }

  /** In a consumer group of this name. */
  public DeliverySpec group(String group) {
    json.withObjectProperty("source").withObjectProperty("kafka").put("group", group);
    return this;
  }

  /** What keys and bodies of records are read as. */
  public DeliverySpec format(String format) {
    json.withObjectProperty("source").withObjectProperty("kafka").put("format", format);
    return this;
  }

  /** From a queue of SQS; what happens to the messages is still to be said. */
  public static DeliverySpec fromSqs(String queue) {
    DeliverySpec specification = new DeliverySpec();
    specification.json.putObject("source").putObject("sqs").put("queue", queue);
    return specification;
  }

  /** What a message of SQS is known by. */
  public DeliverySpec key(String key) {
    json.withObjectProperty("source").withObjectProperty("sqs").put("key", key);
    return this;
  }

  /** Applies a statement to each message. */
  public DeliverySpec statement(String sql) {
    json.withObjectProperty("sink").withArrayProperty("statements").add(sql);
    return this;
  }

  /** A statement that changes no row fails the message. */
  public DeliverySpec expectRows() {
    json.withObjectProperty("sink").put("expectRows", true);
    return this;
  }

  /** In another database of the configuration. */
  public DeliverySpec in(String database) {
    json.withObjectProperty("sink").put("database", database);
    return this;
  }

  /** Calls an HTTP endpoint with each message. */
  public DeliverySpec handler(String url, String timeout) {
    json.putObject("handler").put("url", url).put("timeout", timeout);
    return this;
  }

  /** Sends each message on. */
  public DeliverySpec forward(String queue) {
    json.putObject("forward").put("queue", queue);
    return this;
  }

  public DeliverySpec deadLetter(String queue) {
    json.putObject("deadLetter").put("queue", queue);
    return this;
  }

  /** Under a guarantee, or under exactly-once by a protocol. */
  public DeliverySpec under(String guaranteeOrProtocol) {
    if (guaranteeOrProtocol.startsWith("at-")) {
      json.put("guarantee", guaranteeOrProtocol);
    } else {
      json.put("guarantee", "exactly-once").put("protocol", guaranteeOrProtocol);
    }
    return this;
  }

  /** Clients ask for the messages and settle them. */
  public DeliverySpec pull() {
    json.put("style", "pull");
    return this;
  }

  public DeliverySpec consumers(int consumers) {
    json.put("consumers", consumers);
    return this;
  }

  public DeliverySpec batch(int batch) {
    json.put("batch", batch);
    return this;
  }

  public DeliverySpec retry(int attempts, String delay) {
    json.putObject("retry").put("attempts", attempts).put("delay", delay);
    return this;
  }

  /** The subscription of a topic's delivery. */
  public String subscription() {
    return json.at("/source/subscription").asText();
  }

  public String json() {
    return json.toString();
  }

  Map<String, String> properties() {
    Map<String, String> properties = new TreeMap<>();
    flatten("", json, properties);
    return properties;
  }

  private static void flatten(String key, JsonNode value, Map<String, String> into) {
    if (value instanceof ObjectNode object) {
      object
          .properties()
          .forEach(
              member ->
                  flatten(
                      key.isEmpty() ? member.getKey() : key + "." + member.getKey(),
                      member.getValue(),
                      into));
    } else if (value instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        flatten(key + "[" + i + "]", array.get(i), into);
      }
    } else {
      into.put(key, value.asText());
    }
  }
}
