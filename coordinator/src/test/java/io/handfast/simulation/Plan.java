package io.handfast.simulation;

import java.util.List;
import java.util.Random;

/**
 * What a schedule plays besides its faults.
 *
 * @param protocol of the delivery: {@code two-phase-commit}, {@code local-commit}, {@code
 *     idempotency}, {@code at-least-once} or {@code at-most-once}
 * @param isForwarded whether what was applied is sent on
 * @param failing the database refuses one in so many messages; 0 where it takes all
 * @param transactions how many a client begins over REST
 */
record Plan(
    String protocol,
    int nodes,
    int consumers,
    int batch,
    int messages,
    boolean isForwarded,
    int failing,
    int transactions) {

  private static final String[] PROTOCOLS = {
    "two-phase-commit",
    "two-phase-commit",
    "local-commit",
    "local-commit",
    "idempotency",
    "at-least-once",
    "at-most-once"
  };

  /** One that a seed decides. */
  static Plan of(Random random) {
    return new Plan(
        PROTOCOLS[random.nextInt(PROTOCOLS.length)],
        1 + random.nextInt(2),
        1 + random.nextInt(2),
        1 + random.nextInt(3),
        1 + random.nextInt(5),
        random.nextBoolean(),
        random.nextInt(4) == 0 ? 2 : 0,
        random.nextInt(3) == 0 ? 1 + random.nextInt(2) : 0);
  }

  /** Whether the database refuses a message; a client's row it never does. */
  boolean refuses(long id) {
    return failing > 0 && id < Client.FIRST_ID && id % failing == 0;
  }

  boolean isExactlyOnce() {
    return List.of("two-phase-commit", "local-commit", "idempotency").contains(protocol);
  }

  boolean isAtLeastOnce() {
    return !protocol.equals("at-most-once");
  }

  boolean isAtMostOnce() {
    return !protocol.equals("at-least-once");
  }

  /** The delivery as a user would declare it. */
  String delivery() {
    String guarantee =
        isExactlyOnce()
            ? "\"guarantee\": \"exactly-once\", \"protocol\": \"" + protocol + "\""
            : "\"guarantee\": \"" + protocol + "\"";
    return """
        {"source": {"queue": "orders"}, %s, "consumers": %d, "batch": %d,
         "sink": {"statements": ["UPDATE orders SET done = true WHERE id = :id"]},
         %s "retry": {"attempts": 2, "delay": "PT0.5S"}}"""
        .formatted(
            guarantee, consumers, batch, isForwarded ? "\"forward\": {\"queue\": \"next\"}," : "");
  }
}
