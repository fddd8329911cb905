package io.handfast.delivery;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithName;
import io.smallrye.config.WithParentName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Configuration of deliveries, by name, with the fields of the REST body.
 *
 * <p>Such a delivery is changed in the configuration and nowhere else.
 */
@ConfigMapping(prefix = "handfast.deliveries")
public interface DeliveriesConfig {

  /** The deliveries by name. */
  @WithParentName
  Map<String, Fields> byName();

  /** The names of the deliveries that are under two-phase commit, in order. */
  static List<String> underTwoPhaseCommit(DeliveriesConfig config) {
    return config.byName().entrySet().stream()
        .filter(delivery -> isTwoPhaseCommit(delivery.getValue()))
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  private static boolean isTwoPhaseCommit(Fields delivery) {
    return delivery.guarantee().orElse("exactly-once").equals("exactly-once")
        && delivery.source().kafka().isEmpty() // which is never under it
        && delivery.source().sqs().isEmpty() // nor is this
        && delivery.protocol().orElse("two-phase-commit").equals("two-phase-commit");
  }

  /** One delivery. */
  interface Fields {

    /** Where messages come from. */
    Source source();

    /** {@code at-most-once}, {@code at-least-once} or {@code exactly-once}, the default. */
    Optional<String> guarantee();

    /**
     * How exactly-once is reached: {@code two-phase-commit}, the default, {@code local-commit},
     * which is that of Kafka's topics, or {@code idempotency}, that of SQS' queues.
     */
    Optional<String> protocol();

    /** {@code push}, the default, or {@code pull}. */
    Optional<String> style();

    /** Competing consumers in this coordinator, 1 to 64; 4 unless set. */
    Optional<String> consumers();

    /** Most messages in one unit of work, 1 to 1000; unless set 100, and more under a backlog. */
    Optional<String> batch();

    /** Statements that are applied to each message. */
    Optional<Sink> sink();

    /** Where applied messages are sent on to. */
    Optional<Destination> forward();

    /** An HTTP endpoint that is called with each message, inside the unit of work. */
    Optional<Handler> handler();

    /** What happens to a message whose application fails. */
    Optional<Retry> retry();

    /** Where messages go that cannot be applied; {@code <queue>.dead} unless set. */
    @WithName("deadLetter")
    Optional<Destination> deadLetter();
  }

  /** A source. */
  interface Source {

    /** The queue. */
    Optional<String> queue();

    /** The topic, together with a subscription. */
    Optional<String> topic();

    /** The durable subscription to the topic; two deliveries of one name compete. */
    Optional<String> subscription();

    /** A JMS selector; what does not match stays in the queue. */
    Optional<String> selector();

    /** A topic of Kafka, in the place of all the others. */
    Optional<Kafka> kafka();

    /** A queue of SQS, in the place of all the others. */
    Optional<Sqs> sqs();
  }

  /** A queue of SQS. */
  interface Sqs {

    /** The queue's name, or its URL. */
    Optional<String> queue();

    /**
     * What tells messages from others under idempotency: {@code message-id}, the default, {@code
     * deduplication-id}, or {@code content}.
     */
    Optional<String> key();
  }

  /** A topic of Kafka. */
  interface Kafka {

    /** The topic. */
    Optional<String> topic();

    /** The consumer group; {@code handfast-<delivery>} unless set. */
    Optional<String> group();

    /** Where a new group begins: {@code earliest}, the default, or {@code latest}. */
    Optional<String> from();

    /** What keys and bodies are read as: {@code text}, the default, or {@code bytes}. */
    Optional<String> format();

    /** What tells records from others under idempotency; their place unless set. */
    Optional<Key> key();
  }

  /** What tells records from others. */
  interface Key {

    /** The header that has an id of the sender's. */
    Optional<String> header();
  }

  /** Statements in a database. */
  interface Sink {

    /** The database's name; the one without a name unless set. */
    Optional<String> database();

    /** SQL with named parameters, applied in order. */
    Optional<List<String>> statements();

    /** Statements that are applied to a record without a value in the place of the others. */
    @WithName("onNull")
    Optional<List<String>> onNull();

    /** Whether a statement that changes no row fails the message; {@code false} unless set. */
    @WithName("expectRows")
    Optional<String> expectRows();
  }

  /** A queue. */
  interface Destination {

    /** The queue's name. */
    Optional<String> queue();
  }

  /** An HTTP endpoint. */
  interface Handler {

    /** Absolute http or https URL. */
    Optional<String> url();

    /** How long its answer may take, in ISO-8601; PT30S unless set. */
    Optional<String> timeout();
  }

  /** Retrying. */
  interface Retry {

    /** Failed applications until a message becomes a dead letter, 1 to 10000; 5 unless set. */
    Optional<String> attempts();

    /** How long a failed message waits, in ISO-8601; PT1S unless set. */
    Optional<String> delay();
  }
}
