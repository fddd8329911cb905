package io.handfast.message;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A queue, a durable shared subscription to a topic, a topic whose partitions keep their messages,
 * or a queue that leases them, from which messages come.
 *
 * @param queue the queue's name; null for a topic
 * @param topic the topic's name; null for a queue
 * @param subscription the durable subscription's name; null for other sources
 * @param selector a JMS selector that messages must match; null takes all
 * @param group who reads the partitions of the topic; null for other sources
 * @param key what tells the messages of a queue that leases them apart; null for other sources
 */
public record Source(
    @Nullable String queue,
    @Nullable String topic,
    @Nullable String subscription,
    @Nullable String selector,
    @Nullable Group group,
    @Nullable Key key) {

  /**
   * The consumers that share the partitions of a topic.
   *
   * @param name by which the source knows them
   * @param from where they begin in a topic that they have read nothing of
   * @param format what keys and bodies are read as
   * @param idHeader the header that tells messages from others; null where their place does
   */
  public record Group(String name, Start from, Format format, @Nullable String idHeader) {

    /** Those that read texts, which are told from others by their place. */
    public Group(String name, Start from) {
      this(name, from, Format.TEXT, null);
    }

    /** What the header says of a message; null where none is chosen. */
    public @Nullable HeaderId idOf(Map<String, Object> headers) {
      if (idHeader == null) {
        return null;
      }
      Object value = headers.get(idHeader);
      return HeaderId.of(idHeader, value == null ? List.of() : List.of(value));
    }
  }

  /** What keys and bodies of a topic's messages are read as. */
  public enum Format {
    /** Texts, of which a body that is a JSON object has fields; what is not UTF-8 is bytes. */
    TEXT,
    /** Bytes, whatever they are. */
    BYTES
  }

  /**
   * What tells a leased message from others: an inbox keeps it as {@link Message#deduplicationId}.
   */
  public enum Key {
    /** The id that the queue gave the message: it recognises what is handed out again. */
    MESSAGE_ID,
    /** The sender's deduplication id: it recognises what a sender has repeated, too. */
    DEDUPLICATION_ID,
    /** The same, also where the queue makes that id of the body: equal bodies are one message. */
    CONTENT
  }

  /** An end of a partition. */
  public enum Start {
    EARLIEST,
    LATEST
  }

  /** How the names of queues begin that are not the broker's. */
  private static final String LEASED = "sqs/";

  /** Stands between an address and one of its queues in a fully qualified name. */
  public static final String QUALIFIER = "::";

  /** A queue, or a subscription: a source of a broker. */
  public Source(
      @Nullable String queue,
      @Nullable String topic,
      @Nullable String subscription,
      @Nullable String selector) {
    this(queue, topic, subscription, selector, null, null);
  }

  public static Source ofQueue(String queue) {
    return new Source(queue, null, null, null);
  }

  /** A topic whose partitions keep their messages. */
  public static Source ofPartitions(String topic, String group, Start from) {
    return ofPartitions(topic, new Group(group, from));
  }

  /** A topic whose partitions keep their messages. */
  public static Source ofPartitions(String topic, Group group) {
    return new Source(null, topic, null, null, group, null);
  }

  /** A queue that leases its messages. */
  public static Source ofLeases(String queue, Key key) {
    return new Source(queue, null, null, null, null, key);
  }

  /** Whether its messages are leased: what is not acknowledged in time is handed out again. */
  public boolean isLeased() {
    return key != null;
  }

  /** Whether its partitions keep their messages, and a position tells how far they were applied. */
  public boolean isPositioned() {
    return group != null;
  }

  /** The name that people know this source by: the queue, or the topic. */
  public String name() {
    return queue != null ? queue : String.valueOf(topic);
  }

  /**
   * The name of the broker's queue that holds this source's messages; another one, which no queue
   * of the broker has, where others keep them.
   */
  public String queueName() {
    if (group != null) {
      return name() + "/" + group.name();
    }
    if (key != null) {
      return LEASED + name();
    }
    return queue != null ? queue : queueNameOf(String.valueOf(subscription));
  }

  /** As JMS clients of Artemis name it (2.56, {@code DestinationUtil}), which share it with us. */
  public static String queueNameOf(String subscription) {
    return subscription.replace("\\", "\\\\").replace(".", "\\.");
  }

  /** What tells a queue that leases messages from others, at most 128 characters. */
  public String slot() {
    String last = name().substring(name().lastIndexOf('/') + 1); // of its URL, or all of it
    return (LEASED + last).substring(0, Math.min(128, LEASED.length() + last.length()));
  }

  /**
   * The queue that holds this source's messages on the broker.
   *
   * <p>A copy sent there reaches this source alone. Artemis keeps a shared durable subscription in
   * a queue named after it, and {@code address::queue} names that queue and no other.
   */
  public String ownQueue() {
    return queue != null || group != null ? name() : topic + QUALIFIER + queueName();
  }
}
