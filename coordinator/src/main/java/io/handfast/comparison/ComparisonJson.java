package io.handfast.comparison;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.handfast.comparison.Comparison.Status;
import io.handfast.input.WireName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Converts a comparison to the JSON that the API answers and the store keeps. */
public final class ComparisonJson {

  private static final double TENTHS = 10;

  private ComparisonJson() {}

  /** The comparison, with what follows from its measurements. */
  public static ObjectNode write(Comparison comparison) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", comparison.id());
    json.put("status", WireName.of(comparison.status()));
    json.put("startedAt", comparison.startedAt().toString());
    if (comparison.endedAt() != null) {
      json.put("endedAt", comparison.endedAt().toString());
    }
    if (comparison.error() != null) {
      json.put("error", comparison.error());
    }
    json.putObject("progress")
        .put("done", comparison.done())
        .put("of", comparison.steps())
        .put("step", comparison.step());
    write(comparison.request(), json);
    ArrayNode results = json.putArray("results");
    comparison.rows().forEach(row -> write(row, comparison.request(), results.addObject()));
    return json;
  }

  private static void write(ComparisonRequest request, ObjectNode json) {
    json.put("messages", request.messages());
    json.put("size", request.size());
    json.put("consumers", request.consumers());
    request.batches().forEach(json.putArray("batch")::add);
    ArrayNode guarantees = json.putArray("guarantees");
    request.candidates().forEach(candidate -> guarantees.add(WireName.of(candidate)));
    json.put("rounds", request.rounds());
    json.put("rate", request.rate());
    json.put("database", request.database());
  }

  private static void write(ComparisonRow row, ComparisonRequest request, ObjectNode json) {
    json.put("guarantee", WireName.of(row.candidate()));
    json.put("batch", row.batch());
    if (!row.rounds().isEmpty()) {
      Spread throughput = row.messagesPerSecond();
      json.put("messagesPerSecond", rate(throughput.median()));
      json.put("messagesPerSecondMin", rate(throughput.min()));
      json.put("messagesPerSecondMax", rate(throughput.max()));
      json.put("cpuSecondsPerThousand", rounded(row.cpuSecondsPerThousand().median()));
      json.put("lost", row.audit().lost());
      json.put("duplicated", row.audit().duplicated());
    }
    Latency latency = row.latency();
    if (latency != null) {
      json.putObject("latency")
          .put("rate", request.rate())
          .put("messages", latency.messages())
          .put("p50", rounded(latency.p50()))
          .put("p99", rounded(latency.p99()))
          .put("p999", rounded(latency.p999()))
          .put("max", rounded(latency.max()))
          .put("lost", latency.audit().lost())
          .put("duplicated", latency.audit().duplicated());
    }
    ArrayNode rounds = json.putArray("rounds");
    for (Round round : row.rounds()) {
      rounds
          .addObject()
          .put("messagesPerSecond", rate(round.messagesPerSecond()))
          .put("cpuSecondsPerThousand", rounded(round.cpuSecondsPerThousand()))
          .put("lost", round.audit().lost())
          .put("duplicated", round.audit().duplicated());
    }
    if (!row.interruptions().isEmpty()) {
      row.interruptions().forEach(json.putArray("interruptions")::add);
    }
  }

  /** To six digits after the point: what is beyond says nothing. */
  private static double rounded(double value) {
    return Math.round(value * 1e6) / 1e6;
  }

  /** To a tenth. */
  private static double rate(double perSecond) {
    return Math.round(perSecond * TENTHS) / TENTHS;
  }

  /** Reads what {@link #write} has written. */
  static Comparison read(JsonNode json) {
    List<ComparisonRow> rows = new ArrayList<>();
    json.path("results").forEach(row -> rows.add(row(row)));
    return new Comparison(
        json.path("id").asText(),
        status(json.path("status").asText()),
        request(json),
        Instant.parse(json.path("startedAt").asText()),
        json.has("endedAt") ? Instant.parse(json.path("endedAt").asText()) : null,
        json.path("progress").path("done").asInt(),
        json.path("progress").path("step").asText(),
        rows,
        json.has("error") ? json.path("error").asText() : null);
  }

  private static Status status(String name) {
    return Arrays.stream(Status.values())
        .filter(status -> WireName.of(status).equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no status: " + name));
  }

  private static ComparisonRequest request(JsonNode json) {
    List<Integer> batches = new ArrayList<>();
    json.path("batch").forEach(batch -> batches.add(batch.asInt()));
    List<ComparedProtocol> candidates = new ArrayList<>();
    json.path("guarantees").forEach(name -> candidates.add(ComparedProtocol.of(name.asText())));
    return new ComparisonRequest(
        json.path("messages").asInt(),
        json.path("size").asInt(),
        json.path("consumers").asInt(),
        batches,
        candidates,
        json.path("rounds").asInt(),
        json.path("rate").asInt(),
        json.path("database").asText());
  }

  private static ComparisonRow row(JsonNode json) {
    List<Round> rounds = new ArrayList<>();
    for (JsonNode round : json.path("rounds")) {
      rounds.add(
          new Round(
              round.path("messagesPerSecond").asDouble(),
              round.path("cpuSecondsPerThousand").asDouble(),
              audit(round)));
    }
    List<String> interruptions = new ArrayList<>();
    json.path("interruptions").forEach(one -> interruptions.add(one.asText()));
    return new ComparisonRow(
        ComparedProtocol.of(json.path("guarantee").asText()),
        json.path("batch").asInt(),
        rounds,
        latency(json.path("latency")),
        interruptions);
  }

  private static @Nullable Latency latency(JsonNode json) {
    return json.isMissingNode()
        ? null
        : new Latency(
            json.path("messages").asLong(),
            json.path("p50").asDouble(),
            json.path("p99").asDouble(),
            json.path("p999").asDouble(),
            json.path("max").asDouble(),
            audit(json));
  }

  private static Audit audit(JsonNode json) {
    return new Audit(json.path("lost").asLong(), json.path("duplicated").asLong());
  }
}
