package io.handfast.it.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;

/** What came back from a call: the JSON is a missing node where the body is not JSON. */
public record Answer(
    int status,
    JsonNode json,
    String text,
    String contentType,
    Optional<String> location,
    Map<String, String> headers) {

  /** A header by its name in any case; empty where the answer has none. */
  public String header(String name) {
    return headers.entrySet().stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("");
  }

  /** The kind of problem that it is, by the last part of its type; empty where it is none. */
  public String problem() {
    String type = json.path("type").asText();
    return type.substring(type.lastIndexOf(':') + 1);
  }
}
