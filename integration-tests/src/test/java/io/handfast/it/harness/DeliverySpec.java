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
    DeliverySpec specification = new DeliverySpec();
    specification.json.putObject("source").put("queue", queue);
    specification.json.putObject("sink").putArray("statements").add(table.insert());
    return specification;
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
