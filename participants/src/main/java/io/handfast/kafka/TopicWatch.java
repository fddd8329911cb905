package io.handfast.kafka;

import io.handfast.concurrent.Deadline;
import io.handfast.kafka.Cluster.Topic;
import io.handfast.message.BrokerException;
import java.time.Duration;
import org.apache.kafka.common.KafkaFuture;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a topic was deleted and created again under its name: Kafka's client would go on at
 * the old offsets. It asks the cluster without waiting, so that what was received until the answer
 * may be the new topic's. Used by one thread.
 */
final class TopicWatch {

  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final Cluster cluster;
  private Topic topic;
  private boolean isStale;
  private Deadline next = Deadline.after(INTERVAL);
  private @Nullable KafkaFuture<Topic> asked;

  TopicWatch(Cluster cluster, Topic topic) {
    this.cluster = cluster;
    this.topic = topic;
  }

  /** It may have other partitions, or be another topic: asks again before it is used. */
  void look() {
    isStale = true;
  }

  /** Which topic it is; another one is noticed by {@link #requireSame}. */
  Topic topic() throws BrokerException {
    if (isStale) {
      learn(cluster.topic(topic.name()));
      isStale = false;
    }
    return topic;
  }

  /**
   * Sees that the topic is what it was, as the last answer said; asks again where that is old.
   *
   * @throws BrokerException it was deleted, is another one now, or may not be read any more:
   *     another session begins there
   */
  void requireSame() throws BrokerException {
    KafkaFuture<Topic> answer = asked;
    if (answer == null && next.isOver()) {
      asked = cluster.ask(topic.name());
    } else if (answer != null && answer.isDone()) {
      asked = null;
      next = Deadline.after(INTERVAL);
      learn(cluster.await(answer, topic.name()));
    }
  }

  private void learn(Topic now) throws BrokerException {
    cluster.requireReadable(now);
    if (!now.id().equals(topic.id()) || !now.cluster().equals(topic.cluster())) {
      throw new BrokerException(
          "topic %s was deleted and created again: it begins at its beginning"
              .formatted(topic.name()));
    }
    topic = now;
  }
}
