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
 * @param aftermath what the first crash of a node brings with it
 * @param partitions of the topic that messages come from; 0 where they come from a queue
 * @param consumers of each node; 0 where clients ask for the messages
 * @param isLeased whether they come from a queue that leases them; partitions are groups then
 * @param isRepeated whether their sender repeats messages, in any partition; a header tells which
 */
record Plan(
    String protocol,
    int nodes,
    int consumers,
    int batch,
    int messages,
    boolean isForwarded,
    int failing,
    int transactions,
    Aftermath aftermath,
    int partitions,
    boolean isLeased,
    boolean isRepeated) {

  /** The header that tells messages from others. */
  static final String HEADER = "event";

  /** What the first crash of a node brings with it. */
  enum Aftermath {
    /** The node starts again. */
    RESTARTED,
    /** The node never comes back, and another one finishes its units. */
    GONE,
    /**
     * The node starts again, and a person has emptied the marker table. When all is calm, this
     * person compares the rows and ends the branches that are in doubt then.
     */
    EMPTIED
  }

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
    String protocol = PROTOCOLS[random.nextInt(PROTOCOLS.length)];
    int nodes = 1 + random.nextInt(2);
    int transactions = random.nextInt(3) == 0 ? 1 + random.nextInt(2) : 0;
    Aftermath aftermath = aftermath(random, protocol, nodes, transactions);
    return new Plan(
        protocol,
        aftermath == Aftermath.GONE ? nodes + random.nextInt(2) : nodes,
        1 + random.nextInt(2),
        1 + random.nextInt(3),
        1 + random.nextInt(5),
        random.nextBoolean(),
        random.nextInt(4) == 0 ? 2 : 0,
        transactions,
        aftermath,
        0,
        false,
        false);
  }

  /** One of a topic with partitions that a seed decides. */
  static Plan ofPartitions(Random random) {
    String[] protocols = {"local-commit", "local-commit", "at-least-once", "at-most-once"};
    int nodes = 1 + random.nextInt(2);
    boolean isGone = nodes > 1 && random.nextInt(3) == 0;
    return new Plan(
        protocols[random.nextInt(protocols.length)],
        isGone ? nodes + random.nextInt(2) : nodes,
        1 + random.nextInt(2),
        1 + random.nextInt(3),
        2 + random.nextInt(7),
        false,
        random.nextInt(4) == 0 ? 2 : 0,
        0,
        isGone ? Aftermath.GONE : Aftermath.RESTARTED,
        1 + random.nextInt(3),
        false,
        false);
  }

  /** One of a queue that leases its messages that a seed decides. */
  static Plan ofLeases(Random random) {
    Plan plan = ofPartitions(random);
    String[] protocols = {"idempotency", "idempotency", "at-least-once", "at-most-once"};
    String protocol = protocols[random.nextInt(protocols.length)];
    return new Plan(
        protocol,
        plan.nodes,
        plan.consumers,
        plan.batch,
        plan.messages,
        false,
        plan.failing,
        0,
        plan.aftermath,
        plan.partitions,
        true,
        protocol.equals("idempotency") && random.nextInt(3) == 0);
  }

  /** One of such a queue that clients ask for messages of, as a seed decides. */
  static Plan ofPulled(Random random) {
    Plan plan = ofLeases(random);
    return new Plan(
        plan.protocol.equals("at-most-once") ? "idempotency" : plan.protocol,
        plan.nodes,
        0,
        plan.batch,
        plan.messages,
        false,
        plan.failing,
        0,
        plan.aftermath,
        plan.partitions,
        true,
        plan.isRepeated);
  }

  /** How many clients ask for messages. */
  int pullers() {
    return consumers == 0 ? 2 : 0;
  }

  /** One of a topic under idempotency that a seed decides. */
  static Plan ofRepeats(Random random) {
    Plan plan = ofPartitions(random);
    return new Plan(
        "idempotency",
        plan.nodes,
        plan.consumers,
        plan.batch,
        plan.messages,
        false,
        plan.failing,
        0,
        plan.aftermath,
        plan.partitions,
        false,
        random.nextInt(3) > 0);
  }

  /** One of a topic whose messages are sent on to a queue, as a seed decides. */
  static Plan ofForwarded(Random random) {
    return ofPartitions(random).forwarded();
  }

  /** One of a queue that leases its messages, which are sent on to another, as a seed decides. */
  static Plan ofForwardedLeases(Random random) {
    return ofLeases(random).forwarded();
  }

  private Plan forwarded() {
    return new Plan(
        protocol,
        nodes,
        consumers,
        batch,
        messages,
        true,
        failing,
        transactions,
        aftermath,
        partitions,
        isLeased,
        isRepeated);
  }

  /** Whether messages come from a topic with partitions. */
  boolean isPositioned() {
    return partitions > 0 && !isLeased;
  }

  /** The partition that a message is in. */
  int partitionOf(int id) {
    return id % partitions;
  }

  /** What two-phase commit decides stays with its node: that one has to come back. */
  private static Aftermath aftermath(Random random, String protocol, int nodes, int transactions) {
    boolean isOfNode = protocol.equals("two-phase-commit") || transactions > 0;
    if (!isOfNode && nodes > 1 && random.nextInt(3) == 0) {
      return Aftermath.GONE;
    }
    return protocol.equals("local-commit") && random.nextInt(4) == 0
        ? Aftermath.EMPTIED
        : Aftermath.RESTARTED;
  }

  /** Whether the database refuses a message; a client's row it never does. */
  boolean refuses(long id) {
    return failing > 0 && id < Client.FIRST_ID && id % failing == 0;
  }

  /**
   * How the calls and the steps of a disk begin that decide what becomes of a unit; twice where
   * little else than a fault right there shows what it is for.
   */
  List<String> decidingSteps() {
    if (isLeased && isForwarded) {
      return List.of("prepare", "commit", "commit", "write marker", "delete", "record");
    }
    if (isLeased) {
      return List.of("record", "commit", "delete", "receive");
    }
    if (isPositioned() && isForwarded) {
      return List.of("prepare", "commit", "commit", "write marker", "move positions");
    }
    if (isPositioned()) {
      return List.of("move positions", "commit", "take position", "receive");
    }
    return switch (protocol) {
      case "two-phase-commit" -> List.of("prepare", "commit", "force decisions");
      case "local-commit" -> List.of("prepare", "commit", "write marker", "write marker");
      default -> List.of("commit");
    };
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
    String key = isRepeated ? ", \"key\": {\"header\": \"" + HEADER + "\"}" : "";
    String source =
        isPositioned()
            ? "{\"kafka\": {\"topic\": \"orders\"" + key + "}}"
            : "{\"queue\": \"orders\"}";
    if (consumers == 0) {
      String id = isRepeated ? ", \"key\": \"deduplication-id\"" : "";
      return """
          {"source": {"sqs": {"queue": "orders.fifo"%s}}, "style": "pull", %s,
           "retry": {"attempts": 2, "delay": "PT0.5S"}}"""
          .formatted(id, guarantee);
    }
    if (isLeased) {
      String id = isRepeated ? ", \"key\": \"deduplication-id\"" : "";
      source = "{\"sqs\": {\"queue\": \"orders.fifo\"" + id + "}}";
    }
    return """
        {"source": %s, %s, "consumers": %d, "batch": %d,
         "sink": {"statements": ["UPDATE orders SET done = true WHERE id = :id"]},
         %s "retry": {"attempts": 2, "delay": "PT0.5S"}}"""
        .formatted(
            source,
            guarantee,
            consumers,
            batch,
            isForwarded ? "\"forward\": {\"queue\": \"next\"}," : "");
  }
}
