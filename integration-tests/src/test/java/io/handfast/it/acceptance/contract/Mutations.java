package io.handfast.it.acceptance.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.handfast.it.harness.Call;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Wrong requests for every operation, made from what the contract says would be right. */
final class Mutations {
  private static final Map<String, String> IN_PATH =
      Map.of(
          "name",
          "pulled",
          "id",
          "open",
          "queue",
          "orders",
          "message",
          "ID:1",
          "xid",
          "1-6162-6162");

  private static final List<String> METHODS =
      List.of("GET", "PUT", "POST", "DELETE", "PATCH", "TRACE");

  private static final List<String> WRONG =
      List.of("[]", "{}", "\"\"", "\" \"", "1", "-1", "true", "1e400", "[[1]]", "{\"a\":1}");

  private final JsonNode document;
  private final List<Call> all = new ArrayList<>();

  private Mutations(JsonNode document) {
    this.document = document;
    document.path("paths").fields().forEachRemaining(e -> path(e.getKey(), e.getValue()));
  }

  static List<Call> of(Contract contract) {
    return List.copyOf(new Mutations(contract.document()).all);
  }

  private void path(String template, JsonNode item) {
    String target = template;
    for (Map.Entry<String, String> value : IN_PATH.entrySet()) {
      target = target.replace("{" + value.getKey() + "}", value.getValue());
    }
    for (String method : METHODS) {
      JsonNode operation = item.path(method.toLowerCase(Locale.ROOT));
      if (operation.isMissingNode()) {
        all.add(Call.of(method, target));
      } else {
        operation(Call.of(method, target), operation);
      }
    }
  }

  private void operation(Call call, JsonNode operation) {
    all.add(call.with("Accept", "text/html"));
    all.add(query(call, "unknown", "1"));
    for (JsonNode given : operation.path("parameters")) {
      JsonNode parameter = resolved(given);
      if (parameter.path("in").asText().equals("query")) {
        queries(call, parameter);
      }
    }
    JsonNode body = resolved(operation.path("requestBody"));
    JsonNode schema = resolved(body.path("content").path("application/json").path("schema"));
    if (schema.has("type")) {
      bodies(call, body, schema);
    }
  }

  private void queries(Call call, JsonNode parameter) {
    String name = parameter.path("name").asText();
    JsonNode schema = resolved(parameter.path("schema"));
    if (parameter.path("required").asBoolean()) {
      all.add(call);
    }
    List<String> values = new ArrayList<>(List.of("", " ", "\0"));
    if (schema.has("minimum")) {
      values.add(String.valueOf(schema.path("minimum").asLong() - 1));
      values.add(String.valueOf(schema.path("maximum").asLong() + 1));
    }
    if (!schema.path("type").asText().equals("string") || schema.has("enum")) {
      values.addAll(List.of("x", "1.5", "null", "{}"));
    }
    if (schema.path("format").asText().equals("duration")) {
      values.addAll(List.of("1", "-PT1S", "P1D", "PT"));
    }
    if (name.equals("after")) {
      values.remove("\0"); // any text but a blank one is a cursor
    }
    values.forEach(value -> all.add(query(call, name, value)));
    all.add(query(query(call, name, "1"), name, "1"));
  }

  private void bodies(Call call, JsonNode body, JsonNode schema) {
    Call json = call.with("Content-Type", "application/json");
    for (String text : List.of("{", "[]", "1", "\"text\"", "{} {}", "{\"unknown\":1}", "\0")) {
      all.add(json.body(text));
    }
    all.add(json.body(new byte[] {'"', (byte) 0xff, '"'}));
    if (resolvedContent(body)) {
      all.add(call.with("Content-Type", "application/xml").body("<a/>"));
    }
    JsonNode example = example(body);
    schema
        .path("properties")
        .fields()
        .forEachRemaining(
            property -> members(json, example, schema, property.getKey(), property.getValue()));
  }

  /**
   * Whether one content type is asked for; what the recovery takes without one, it takes as any.
   */
  private static boolean resolvedContent(JsonNode body) {
    return !body.path("content").toString().contains("schemas/Reason");
  }

  private void members(Call call, JsonNode example, JsonNode schema, String name, JsonNode given) {
    for (JsonNode required : schema.path("required")) {
      if (required.asText().equals(name)) {
        ObjectNode without = example.deepCopy();
        without.remove(name);
        all.add(call.body(without.toString()));
      }
    }
    JsonNode type = resolved(given);
    for (String wrong : WRONG) {
      if (!couldBe(type, wrong)) {
        ObjectNode with = example.deepCopy();
        with.put(name, "~");
        all.add(call.body(with.toString().replace("\"~\"", wrong)));
      }
    }
  }

  /** Whether a value may be right; texts of numbers are numbers, and blank ones never right. */
  private static boolean couldBe(JsonNode schema, String value) {
    return switch (schema.path("type").asText()) {
      case "object" -> value.startsWith("{");
      case "array" -> value.startsWith("[[");
      case "integer" -> value.equals("1");
      case "string" -> false;
      default -> true;
    };
  }

  private JsonNode example(JsonNode body) {
    JsonNode content = body.path("content").path("application/json");
    return content.has("example")
        ? content.path("example")
        : content.path("examples").elements().next().path("value");
  }

  private static Call query(Call call, String name, String value) {
    String target =
        call.target()
            + (call.target().contains("?") ? "&" : "?")
            + name
            + "="
            + URLEncoder.encode(value, StandardCharsets.UTF_8);
    return new Call(call.method(), target, call.headers(), call.body());
  }

  private JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
  }
}
