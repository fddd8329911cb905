package io.handfast.it.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** What came back from a call: the JSON is a missing node where the body is not JSON. */
public record Answer(
    int status, JsonNode json, String text, String contentType, Optional<String> location) {

  /** The kind of problem that it is, by the last part of its type; empty where it is none. */
  public String problem() {
    String type = json.path("type").asText();
    return type.substring(type.lastIndexOf(':') + 1);
  }
}
