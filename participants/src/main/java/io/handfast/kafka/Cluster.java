package io.handfast.kafka;

import io.handfast.message.BrokerException;
import io.handfast.message.PositionedSession.Partition;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster says of its topics, over one connection for all sessions, which is opened when it
 * is first needed. Thread-safe.
 */
class Cluster implements AutoCloseable {

  /** Longer than the client's own bound, whose failure says more. */
  private static final long PATIENCE_SECONDS = 15;

  /** Which topic a name stands for now. */
  record Topic(String cluster, String id, String name, int partitions) {

    Partition partition(int number) {
      return new Partition(cluster, id, name, number);
    }

    List<Partition> all() {
      return IntStream.range(0, partitions).mapToObj(this::partition).toList();
    }
  }

  private final ClientSettings settings;
  private final KafkaFailures failures;
  private @Nullable Admin admin;

  Cluster(ClientSettings settings, KafkaFailures failures) {
    this.settings = settings;
    this.failures = failures;
  }

  private synchronized Admin admin() {
    Admin known = admin;
    if (known == null) {
      known = Admin.create(settings.ofAdministration());
      admin = known;
    }
    return known;
  }

  /**
   * Asks which topic a name stands for.
   *
   * @throws io.handfast.message.TargetRefusedException none
   */
  Topic topic(String name) throws BrokerException {
    return await(ask(name), name);
  }

  /** Asks the same without waiting. */
  KafkaFuture<Topic> ask(String name) throws BrokerException {
    try {
      Admin asked = admin();
      KafkaFuture<String> cluster = asked.describeCluster().clusterId();
      KafkaFuture<TopicDescription> topic =
          asked.describeTopics(List.of(name)).topicNameValues().get(name);
      return KafkaFuture.allOf(cluster, topic)
          .thenApply(both -> of(answered(cluster), answered(topic)));
    } catch (KafkaException e) {
      throw failures.of(e, name);
    }
  }

  private static <T> T answered(KafkaFuture<T> done) {
    try {
      return done.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e); // it is done, and has not failed
    }
  }

  private static Topic of(String cluster, TopicDescription topic) {
    return new Topic(cluster, topic.topicId().toString(), topic.name(), topic.partitions().size());
  }

  /** The answer, within the time that a call may take. */
  Topic await(KafkaFuture<Topic> answer, String name) throws BrokerException {
    try {
      return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerException("interrupted", e);
    } catch (java.util.concurrent.TimeoutException e) {
      throw new BrokerException("Kafka does not say which topic " + name + " is", e);
    } catch (ExecutionException e) {
      throw failures.of(e, name);
    }
  }

  @Override
  public synchronized void close() {
    if (admin != null) {
      admin.close(Duration.ofSeconds(1));
      admin = null;
    }
  }
}
