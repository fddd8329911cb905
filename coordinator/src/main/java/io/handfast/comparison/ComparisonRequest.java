package io.handfast.comparison;

import io.handfast.input.JsonFields;
import io.handfast.node.NodeConfig;
import java.util.Collection;
import java.util.List;

/**
 * The validated parameters of a comparison.
 *
 * @param messages messages in each measured round
 * @param size bytes of a message's body
 * @param consumers competing consumers of each delivery
 * @param batches most messages in one unit of work; every candidate runs with each of them
 * @param rounds how often the throughput of each row is measured
 * @param rate messages a second while latency is measured
 * @param database the name of the database that the rows go to
 */
public record ComparisonRequest(
    int messages,
    int size,
    int consumers,
    List<Integer> batches,
    List<ComparedProtocol> candidates,
    int rounds,
    int rate,
    String database) {

  static final int MOST_BATCHES = 8;
  private static final int MOST_BYTES = 1 << 30;

  /** Reads a request; what is missing has its default. */
  public static ComparisonRequest read(JsonFields body, Collection<String> databases) {
    body.allow(
        "messages", "size", "consumers", "batch", "guarantees", "rounds", "rate", "database");
    int messages = body.integer("messages", 10_000, 1, 1_000_000);
    int size = body.integer("size", 256, 64, 65_536);
    if ((long) messages * size > MOST_BYTES) {
      body.reject("messages", "at most 1 GiB: messages times size");
    }
    return new ComparisonRequest(
        messages,
        size,
        body.integer("consumers", 4, 1, 64),
        body.integers("batch", 100, 1, 1000, MOST_BATCHES),
        body.choices("guarantees", ComparedProtocol.names()).stream()
            .map(ComparedProtocol::of)
            .distinct()
            .toList(),
        body.integer("rounds", 3, 1, 20),
        body.integer("rate", 200, 1, 10_000),
        database(body, databases));
  }

  private static String database(JsonFields body, Collection<String> databases) {
    String name = body.text("database");
    if (name != null && !databases.contains(name)) {
      body.reject("database", "a database of the configuration: " + databases);
    }
    return name == null ? NodeConfig.DEFAULT_DATABASE : name;
  }
}
