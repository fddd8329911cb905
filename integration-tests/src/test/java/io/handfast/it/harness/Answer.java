package io.handfast.it.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** What came back from a call: the JSON is a missing node where the body is not JSON. */
public record Answer(
    int status, JsonNode json, String text, String contentType, Optional<String> location) {}
