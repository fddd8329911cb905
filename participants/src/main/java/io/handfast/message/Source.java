package io.handfast.message;

import org.jspecify.annotations.Nullable;

/**
 * A queue, or a durable shared subscription to a topic, from which messages come.
 *
 * @param queue the queue's name; null for a topic
 * @param topic the topic's name; null for a queue
 * @param subscription the durable subscription's name; null for a queue
 * @param selector a JMS selector that messages must match; null takes all
 */
public record Source(
    @Nullable String queue,
    @Nullable String topic,
    @Nullable String subscription,
    @Nullable String selector) {

  /** Stands between an address and one of its queues in a fully qualified name. */
  public static final String QUALIFIER = "::";

  public static Source ofQueue(String queue) {
    return new Source(queue, null, null, null);
  }

  /** The name that people know this source by: the queue, or the topic. */
  public String name() {
    return queue != null ? queue : String.valueOf(topic);
  }

  /** The name of the broker's queue that holds this source's messages. */
  public String queueName() {
    return queue != null ? queue : queueNameOf(String.valueOf(subscription));
  }

  /** As JMS clients of Artemis name it (2.56, {@code DestinationUtil}), which share it with us. */
  public static String queueNameOf(String subscription) {
    return subscription.replace("\\", "\\\\").replace(".", "\\.");
  }

  /**
   * The queue that holds this source's messages on the broker.
   *
   * <p>A copy sent there reaches this source alone. Artemis keeps a shared durable subscription in
   * a queue named after it, and {@code address::queue} names that queue and no other.
   */
  public String ownQueue() {
    return queue != null ? queue : topic + QUALIFIER + queueName();
  }
}
